"""Whose the variables of the catalogue's providers are, and which of them is the key."""

from typing import Final
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.owners import owners_of
from modelmix.catalog.shipped import shipped_providers
from modelmix.providers.address import places
from modelmix.providers.load import built_in, is_built_in, key_owners, packages
from modelmix.providers.row import refusal
from modelmix.providers.variables import key_variables

SHARED: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    # Variables that several providers name: who they are, and the one vendor's hosts.
    "ALIBABA_CODING_PLAN_API_KEY": (("alibaba-coding-plan", "alibaba-coding-plan-cn"), ("aliyuncs.com",)),
    "CLOUDFLARE_ACCOUNT_ID": (("cloudflare-ai-gateway", "cloudflare-workers-ai"), ("cloudflare.com",)),
    "DASHSCOPE_API_KEY": (("alibaba", "alibaba-cn"), ("aliyuncs.com",)),
    "GITHUB_TOKEN": (("github-copilot", "github-models"), ("githubcopilot.com", "github.ai")),
    "GOOGLE_APPLICATION_CREDENTIALS": (("google-vertex", "google-vertex-anthropic"), ()),
    "GOOGLE_VERTEX_LOCATION": (("google-vertex", "google-vertex-anthropic"), ()),
    "GOOGLE_VERTEX_PROJECT": (("google-vertex", "google-vertex-anthropic"), ()),
    "MINIMAX_API_KEY": (
        ("minimax", "minimax-cn", "minimax-cn-coding-plan", "minimax-coding-plan"),
        # https://platform.minimax.io and https://platform.minimaxi.com are MiniMax's, abroad and in China.
        ("minimax.io", "minimaxi.com"),
    ),
    "MOONSHOT_API_KEY": (("moonshotai", "moonshotai-cn"), ("moonshot.ai", "moonshot.cn")),
    "OPENCODE_API_KEY": (("opencode", "opencode-go"), ("opencode.ai",)),
    "PERPLEXITY_API_KEY": (("perplexity", "perplexity-agent"), ("perplexity.ai",)),
    "STEPFUN_API_KEY": (("stepfun", "stepfun-ai"), ("stepfun.com", "stepfun.ai")),
    "XIAOMI_API_KEY": (
        ("xiaomi", "xiaomi-token-plan-ams", "xiaomi-token-plan-cn", "xiaomi-token-plan-sgp"),
        ("xiaomimimo.com",),
    ),
    # Zhipu AI calls itself Z.ai abroad.
    "ZHIPU_API_KEY": (("zai", "zai-coding-plan", "zhipuai", "zhipuai-coding-plan"), ("z.ai", "bigmodel.cn")),
}
"""Reviewed by hand. A bundle that brings another fails here, until somebody has looked who asks for whose key."""


def host(name: str) -> str:
    if is_built_in(name):
        return urlsplit(built_in(name).base_url).netloc
    return urlsplit(listed(name).api or "").netloc


def listed(name: str) -> Endpoint:
    found = Catalog().endpoint(name).unwrap()
    assert found is not None
    return found


def test_providers_that_name_one_variable_are_one_vendors() -> None:
    found = {variable: tuple(sorted(ids)) for variable, ids in owners_of((), key_owners({})).items() if len(ids) > 1}
    assert found == {variable: ids for variable, (ids, _) in SHARED.items()}


@pytest.mark.parametrize(("ids", "hosts"), SHARED.values(), ids=SHARED)
def test_a_shared_key_goes_to_one_vendors_hosts(ids: tuple[str, ...], hosts: tuple[str, ...]) -> None:
    for name in ids:
        where = host(name)
        assert not where or any(where == own or where.endswith(f".{own}") for own in hosts), name


ELSEWHERE: Final = {
    # Providers some of whose models have an address of their own: the part of the host that all share.
    "azure": "services.ai.azure.com",
    "azure-cognitive-services": "services.ai.azure.com",
    "google-vertex": "${GOOGLE_VERTEX_ENDPOINT}",
    "zenmux": "zenmux.ai",
}


def test_models_with_an_address_of_their_own_stay_with_their_vendor() -> None:
    apis = {name: [kind.api for kind in listed(name).kinds.values() if kind.api] for name in shipped_providers()}
    assert {name for name, own in apis.items() if own} == {*ELSEWHERE}
    for name, shared in ELSEWHERE.items():
        assert all(urlsplit(api).netloc.endswith(shared) for api in apis[name]), name


UNUSED: Final = {"PRIVATEMODE_ENDPOINT"}
"""Variables that are neither a key nor in an address, nor of a provider that is refused."""


@pytest.mark.parametrize("name", sorted(shipped_providers()))
def test_one_variable_is_the_key_and_the_rest_is_in_the_address(name: str) -> None:
    if is_built_in(name):
        return
    endpoint = listed(name)
    package = packages().get(endpoint.npm or "")
    if package is None or package.dialect is None:
        assert refusal(endpoint, "") is not None
        return
    assert len(key_variables(endpoint)) == 1
    assert {*endpoint.env} - {*key_variables(endpoint)} - UNUSED == {*places(endpoint.api or "")}


KEYS: Final[dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]]] = {
    # the variables, the address: the keys
    "an API key": (("ACME_API_KEY",), "https://a.example", ("ACME_API_KEY",)),
    "a token and a host": (("ACME_HOST", "ACME_TOKEN"), "https://${ACME_HOST}", ("ACME_TOKEN",)),
    "a personal access token": (("ACME_PAT",), "https://a.example", ("ACME_PAT",)),
    "two keys": (("ACME_KEY", "OLD_ACME_TOKEN"), "https://a.example", ("ACME_KEY", "OLD_ACME_TOKEN")),
    "a name that tells nothing": (("ACME",), "https://a.example", ("ACME",)),
    "a name that tells nothing, and a host": (("ACME", "ACME_HOST"), "https://${ACME_HOST}", ("ACME",)),
    "none": ((), "https://a.example", ()),
}
MADE: Final = Endpoint(id="made", name="Made", api=None, env=(), npm="@ai-sdk/openai-compatible", kinds={})


@pytest.mark.parametrize(("env", "api", "keys"), KEYS.values(), ids=KEYS)
def test_the_key_is_told_by_its_name(env: tuple[str, ...], api: str, keys: tuple[str, ...]) -> None:
    assert key_variables(replace(MADE, env=env, api=api)) == keys
