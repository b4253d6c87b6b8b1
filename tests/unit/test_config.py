"""Settings: who wins, what each source may say, and that a project never gets at the user's keys."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim
from modelmix.client import Client
from modelmix.config import DEFAULT_MODEL, Config, load
from modelmix.errors import BadConfig, MixError
from modelmix.outcome import Outcome, either, mapped
from modelmix.paths import config_file, data_folder
from unit.making import KEY


class Place:
    """A user's settings, a project, and a folder inside it."""

    def __init__(self, root: Path) -> None:
        self.user = root / "user.toml"
        self.data = root / "data"
        self.project = root / "project"
        self.inside = self.project / "src" / "deep"
        self.inside.mkdir(parents=True)

    def say(self, *, user: str | None = None, own: str | None = None, pyproject: str | None = None) -> None:
        for path, text in (
            (self.user, user),
            (self.project / "modelmix.toml", own),
            (self.project / "pyproject.toml", pyproject),
        ):
            if text is not None:
                path.write_text(text, encoding="utf-8")
                path.chmod(0o600)

    def load(self, **env: str) -> Outcome[Config]:
        return load(self.inside, {"MM_CONFIG": str(self.user), "MM_HOME": str(self.data), **env})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_settings_there_are_defaults(place: Place) -> None:
    assert place.load().unwrap() == Config(project=str(place.inside))
    assert Config().model == DEFAULT_MODEL == "openai:gpt-4o-mini"


MODELS: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    # files, environment: the model
    "the user's": ({"user": 'model = "a:user"'}, {}, "a:user"),
    "the project's over the user's": ({"user": 'model = "a:user"', "own": 'model = "a:own"'}, {}, "a:own"),
    "pyproject's over the user's": (
        {"user": 'model = "a:user"', "pyproject": '[tool.modelmix]\nmodel = "a:pyproject"'},
        {},
        "a:pyproject",
    ),
    "modelmix.toml before pyproject": (
        {"own": 'model = "a:own"', "pyproject": '[tool.modelmix]\nmodel = "a:pyproject"'},
        {},
        "a:own",
    ),
    "the environment's over all": (
        {"user": 'model = "a:user"', "own": 'model = "a:own"'},
        {"MM_MODEL": "a:env"},
        "a:env",
    ),
    "an empty variable says nothing": ({"own": 'model = "a:own"'}, {"MM_MODEL": ""}, "a:own"),
    "another tool's pyproject says nothing": (
        {"user": 'model = "a:user"', "pyproject": '[tool.other]\nmodel = "x"'},
        {},
        "a:user",
    ),
    "a mention in pyproject says nothing": (
        {"user": 'model = "a:user"', "pyproject": '# [tool.modelmix]\n[tool.other]\nmodel = "x"'},
        {},
        "a:user",
    ),
    "a tool of a longer name says nothing": (
        {"user": 'model = "a:user"', "pyproject": '[tool.modelmix-more]\nmodel = "x"'},
        {},
        "a:user",
    ),
}


@pytest.mark.parametrize(("files", "env", "expected"), MODELS.values(), ids=MODELS)
def test_the_strongest_source_wins(
    place: Place, files: Mapping[str, str], env: Mapping[str, str], expected: str
) -> None:
    place.say(**files)
    assert place.load(**env).unwrap().model == expected


def test_each_setting_wins_by_itself_and_says_where_it_comes_from(place: Place) -> None:
    place.say(user='model = "a:user"\nretries = 5\nstream = false', own='model = "a:own"\ntimeout = 9')
    config = place.load(MM_LOG_LEVEL="debug", MM_TIMEOUT="2.5").unwrap()
    assert (config.model, config.retries, config.stream) == ("a:own", 5, False)
    assert (config.timeout, config.log_level) == (2.5, "debug")
    own = str(place.project / "modelmix.toml")
    assert config.sources == {
        "model": own,
        "retries": str(place.user),
        "stream": str(place.user),
        "timeout": "the environment",
        "log_level": "the environment",
    }


def test_the_nearest_project_wins(place: Place) -> None:
    place.say(own='model = "a:far"\nretries = 9')
    (place.inside / "modelmix.toml").write_text('model = "a:near"', encoding="utf-8")
    config = place.load().unwrap()
    assert (config.model, config.retries) == ("a:near", 2)


USER_ONLY = {"env_file": 'env_file = ".env"', "keys": '[keys]\nopenai = "sk-x"'}


@pytest.mark.parametrize("text", USER_ONLY.values(), ids=USER_ONLY)
def test_a_user_says_what_a_project_may_not(place: Place, text: str) -> None:
    place.say(user=text)
    assert isinstance(place.load(), Success)


BAD: dict[str, tuple[dict[str, str], str, str]] = {
    # files, the file that is to blame, what is said
    "no TOML from the user": ({"user": "model = \nretries = 1"}, "user.toml", "line 1"),
    "no TOML from the project": ({"own": "[broken\n"}, "project/modelmix.toml", "line 1"),
    "no TOML in pyproject": ({"pyproject": "[tool.modelmix]\nx = \ny = 1"}, "project/pyproject.toml", "line 2"),
    "a key without quotes": ({"user": f"[keys]\nopenai = {KEY}\n"}, "user.toml", "line 2"),
    "an unknown word from the user": ({"user": "modle = 1"}, "user.toml", "`modle`"),
    "an unknown word from the project": ({"own": "modle = 1"}, "project/modelmix.toml", "`modle`"),
    "an unknown word in pyproject": ({"pyproject": "[tool.modelmix]\nmodle = 1"}, "project/pyproject.toml", "`modle`"),
    "a wrong type": ({"own": 'retries = "two"'}, "project/modelmix.toml", "$.retries"),
    "a word that is none of the words": ({"own": 'log_level = "loud"'}, "project/modelmix.toml", "$.log_level"),
    "no table": ({"pyproject": '[tool]\nmodelmix = "x"\n# [tool.modelmix]'}, "project/pyproject.toml", "object"),
    "keys in a project": ({"own": f'[keys]\nopenai = "{KEY}"'}, "project/modelmix.toml", "`keys`"),
    "an environment file in a project": ({"own": 'env_file = ".env"'}, "project/modelmix.toml", "`env_file`"),
    "an unknown word of a provider": (
        {"own": '[providers.own]\nbase_url = "https://a.example"\ncolour = 1'},
        "project/modelmix.toml",
        "providers.own: Object contains unknown field `colour`",
    ),
    "a provider without an address": ({"user": '[providers.own]\nname = "Own"'}, "user.toml", "`base_url`"),
    "a dialect that is none": (
        {"user": '[providers.own]\nbase_url = "https://a.example"\ndialect = "morse"'},
        "user.toml",
        "$.dialect",
    ),
    "a provider under another's name": (
        {"user": '[providers.own]\nbase_url = "https://a.example"\nid = "openai"'},
        "user.toml",
        "providers.own: its id is its name, not `openai`",
    ),
    "a built-in provider under another's name": (
        {"own": '[providers.openai]\nbase_url = "https://a.example"\nid = "anthropic"'},
        "project/modelmix.toml",
        "providers.openai: its id is its name, not `anthropic`",
    ),
}


@pytest.mark.parametrize(("files", "where", "detail"), BAD.values(), ids=BAD)
def test_a_malformed_file_is_named(place: Place, files: Mapping[str, str], where: str, detail: str) -> None:
    place.say(**files)
    error = place.load().failure()
    assert isinstance(error, BadConfig)
    assert error.where == str(place.user.parent / where)
    assert detail in error.detail
    assert KEY not in repr(error)


def test_a_file_that_is_not_utf8_is_named(place: Place) -> None:
    place.user.write_bytes(b'model = "\xff"')
    error = place.load().failure()
    assert isinstance(error, BadConfig)
    assert error.where == str(place.user)


VARIABLES = {
    "a word for a number": {"MM_TIMEOUT": "soon"},
    "a part for a whole": {"MM_RETRIES": "1.5"},
    "no such level": {"MM_LOG_LEVEL": "loud"},
}


@pytest.mark.parametrize("env", VARIABLES.values(), ids=VARIABLES)
def test_a_bad_variable_is_named(place: Place, env: Mapping[str, str]) -> None:
    error = place.load(**env).failure()
    assert isinstance(error, BadConfig)
    assert error.where == f"the environment ({next(iter(env))})"


MODES = {0o600: True, 0o400: True, 0o640: False, 0o604: False, 0o644: False, 0o620: False}


@pytest.mark.parametrize(("mode", "fine"), MODES.items(), ids=[oct(mode) for mode in MODES])
def test_a_file_with_keys_is_for_its_owner(place: Place, mode: int, *, fine: bool) -> None:
    place.say(user=f'[keys]\nopenai = "{KEY}"')
    place.user.chmod(mode)
    outcome = place.load()
    assert isinstance(outcome, Success) == fine
    assert (f"chmod 600 {place.user}" in repr(outcome)) == (not fine)
    assert KEY not in repr(outcome)


def test_a_file_without_keys_may_be_read_by_all(place: Place) -> None:
    place.say(user='model = "a:user"')
    place.user.chmod(0o644)
    assert isinstance(place.load(), Success)


def test_a_stored_key_is_read_without_its_line_end(place: Place) -> None:
    place.say(user=f'[keys]\nopenai = "{KEY}\\n"')
    assert place.load().unwrap().keys["openai"].reveal() == KEY


OWN: Final = """
[providers.own]
name = "Our gateway"
base_url = "https://llm.corp.example/v1"
aliases = ["corp"]
headers = { x-team = "seven" }
auth = { env = ["CORP_KEY"] }
shape = { system_role = "developer" }
rules = [
  { models = ["small-*"], except = ["small-x"], why = "it is small", clamp = { max_tokens = [1, 100] } },
]
"""


@pytest.mark.parametrize("source", ["user", "own"])
@pytest.mark.parametrize("name", ["own", "corp"])
def test_a_provider_of_ones_own_needs_no_code(place: Place, source: str, name: str) -> None:
    place.say(**{source: OWN})
    config = place.load().unwrap()
    with Client(env={"CORP_KEY": KEY}, config=config) as client:
        planned = client.plan(f"{name}:small-1", "Hello.", system="Be brief.")
    call = planned.unwrap()
    assert call.url == "https://llm.corp.example/v1/chat/completions"
    assert dict(call.shown_headers)["x-team"] == "seven"
    assert dict(call.shown_headers)["authorization"] == "Bearer ***"
    assert b'"role":"developer"' in call.body
    assert call.target.key is not None
    assert call.target.key.reveal() == KEY


def test_a_built_in_provider_is_changed_not_replaced(place: Place) -> None:
    place.say(own='[providers.groq]\nheaders = { x-team = "seven" }')
    provider = place.load().unwrap().providers["groq"]
    assert provider.headers == {"x-team": "seven"}
    assert (provider.base_url, provider.auth.env) == ("https://api.groq.com/openai/v1", ("GROQ_API_KEY",))


FOREIGN: Final = '[providers.evil]\nbase_url = "https://evil.example/v1"\nauth = {{ env = ["{variable}"] }}\n'
STEALING: dict[str, tuple[str, str, str]] = {
    # the user's settings, the project's: the variable that is not its own
    "a built-in provider's variable": ("", FOREIGN.format(variable="OPENAI_API_KEY"), "OPENAI_API_KEY"),
    "its second variable": ("", FOREIGN.format(variable="GEMINI_API_KEY"), "GEMINI_API_KEY"),
    "a variable of a provider of the user's own": (OWN, FOREIGN.format(variable="CORP_KEY"), "CORP_KEY"),
    "a variable of a provider of the catalogue": ("", FOREIGN.format(variable="ZHIPU_API_KEY"), "ZHIPU_API_KEY"),
    "a secret of another kind": ("", FOREIGN.format(variable="AWS_SECRET_ACCESS_KEY"), "AWS_SECRET_ACCESS_KEY"),
    "a built-in provider that takes another's": (
        "",
        '[providers.groq]\nauth = { env = ["GROQ_API_KEY", "OPENAI_API_KEY"] }',
        "OPENAI_API_KEY",
    ),
}


SECRETS: Final = ("AWS_SECRET_ACCESS_KEY", "GH_TOKEN", "DB_PASSWORD", "NPM_TOKEN", "SSH_AUTH_SOCK", "DATABASE_URL")


@pytest.mark.parametrize("variable", ["VIVGRID_API_KEY", "GITHUB_TOKEN", "NEWCO_KEY", "ACME_KEY", *SECRETS])
def test_a_project_may_name_no_secret_of_another_kind_and_no_key_of_the_catalogue(place: Place, variable: str) -> None:
    accept_newco_and_make_acme(place.data)
    place.say(own=FOREIGN.format(variable=variable))
    error = place.load().failure()
    assert isinstance(error, BadConfig)
    assert f"providers.evil: {variable} holds" in error.detail


ELSEWHERE: Final = {
    # a provider that only the user's catalogue knows: its variable
    "vivgrid": "VIVGRID_API_KEY",
    "newco": "NEWCO_KEY",
    "acme": "ACME_KEY",
}


@pytest.mark.parametrize(("name", "variable"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_a_provider_of_the_catalogue_that_a_project_moves_gets_no_key(place: Place, name: str, variable: str) -> None:
    accept_newco_and_make_acme(place.data)
    place.say(
        user=f'[keys]\n{name} = "stored"\n',
        own=f'[providers.{name}]\nbase_url = "https://evil.example/v1"\nauth = {{ env = ["{variable}"] }}\n',
    )
    found = aim(f"{name}:m", World(place.load().unwrap(), {variable: "sk-user"}), Aim(unlisted=True)).unwrap()
    assert (found.base_url, found.key) == ("https://evil.example/v1", None)


def accept_newco_and_make_acme(data: Path) -> None:
    """A user who has accepted one provider and made another by a patch."""
    (data / "catalog" / "accepted").mkdir(parents=True)
    (data / "models_local").mkdir()
    accepted = {"id": "newco", "name": "Newco", "api": "https://newco.example/v1", "env": ["NEWCO_KEY"], "npm": None}
    told = {**accepted, "date": "2026-01-01T00:00:00+00:00", "source": "https://models.dev/api.json"}
    (data / "catalog" / "accepted" / "newco.json").write_text(json.dumps(told), encoding="utf-8")
    made = {"provider": {"id": "acme", "api": "https://acme.example/v1", "env": ["ACME_KEY"]}}
    (data / "models_local" / "acme.json").write_text(json.dumps(made), encoding="utf-8")


@pytest.mark.parametrize(("user", "own", "variable"), STEALING.values(), ids=STEALING)
def test_a_project_may_not_name_anothers_key(place: Place, user: str, own: str, variable: str) -> None:
    place.say(user=user, own=own)
    error = place.load().failure()
    assert isinstance(error, BadConfig)
    assert error.where == str(place.project / "modelmix.toml")
    assert f"{variable} holds another provider's key" in error.detail


def test_a_user_may_name_any_key(place: Place) -> None:
    place.say(user=FOREIGN.format(variable="OPENAI_API_KEY"))
    assert isinstance(place.load(), Success)


def test_a_project_may_name_the_key_of_the_provider_it_changes(place: Place) -> None:
    place.say(own='[providers.zai]\nauth = { env = ["ZHIPU_API_KEY"] }')
    assert place.load().unwrap().providers["zai"].auth.env == ("ZHIPU_API_KEY",)


def test_a_provider_of_the_catalogue_is_changed_not_replaced(place: Place) -> None:
    place.say(own='[providers.kimi-for-coding]\nheaders = { x-team = "seven" }')
    provider = place.load().unwrap().providers["kimi-for-coding"]
    assert provider.headers == {"x-team": "seven"}
    assert (provider.dialect, provider.base_url) == ("anthropic-messages", "https://api.kimi.com/coding/v1")
    assert (provider.auth.env, provider.auth.header) == (("KIMI_API_KEY",), "x-api-key")


def key_of(config: Config, spec: str) -> Outcome[str | None]:
    """The key that a call to a spec would carry."""
    env = {"OPENAI_API_KEY": "env-key-openai", "CORP_KEY": "env-key-corp", "ZHIPU_API_KEY": "env-key-zhipu"}
    found = aim(spec, World(config, env), Aim(unlisted=True))
    return mapped(found, lambda target: None if target.key is None else target.key.reveal())


STORED: Final = '[keys]\nopenai = "stored-openai"\nown = "stored-own"\n'
MOVED: dict[str, tuple[str, str, str, str | None]] = {
    # the user's settings, the project's, a spec: the key that goes
    "a built-in provider stays": (STORED, 'model = "a:b"', "openai:x", "env-key-openai"),
    "a built-in provider moved by the project": (
        STORED,
        '[providers.openai]\nbase_url = "https://evil.example/v1"',
        "openai:x",
        None,
    ),
    "a provider of the user's own stays": (STORED + OWN, 'model = "a:b"', "own:x", "env-key-corp"),
    "a provider of the user's own moved by the project": (
        STORED + OWN,
        '[providers.own]\nbase_url = "https://evil.example/v1"\nauth = { env = ["CORP_KEY"] }',
        "own:x",
        None,
    ),
    "a provider of the catalogue stays": (STORED, '[providers.zai]\nheaders = { x = "y" }', "zai:x", "env-key-zhipu"),
    "a provider of the catalogue moved by the project": (
        STORED + 'zai = "stored-zai"\n',
        '[providers.zai]\nbase_url = "https://evil.example/v1"',
        "zai:x",
        None,
    ),
    "a provider of the catalogue moved by the user": (
        '[providers.zai]\nbase_url = "https://proxy.corp.example/v1"',
        'model = "a:b"',
        "zai:x",
        "env-key-zhipu",
    ),
    "a built-in provider moved by the user": (
        STORED + '[providers.openai]\nbase_url = "https://proxy.corp.example/v1"',
        'model = "a:b"',
        "openai:x",
        "env-key-openai",
    ),
}


@pytest.mark.parametrize(("user", "own", "spec", "expected"), MOVED.values(), ids=MOVED)
def test_what_a_project_moves_loses_the_users_keys(
    place: Place, user: str, own: str, spec: str, expected: str | None
) -> None:
    place.say(user=user, own=own)
    assert key_of(place.load().unwrap(), spec) == Success(expected)


def test_what_a_project_moves_still_takes_a_given_key(place: Place) -> None:
    place.say(own='[providers.openai]\nbase_url = "https://proxy.corp.example/v1"')
    with Client(env={}, config=place.load().unwrap()) as client:
        call = client.plan("openai:gpt-4o", "Hello.", api_key=KEY).unwrap()
    assert call.url == "https://proxy.corp.example/v1/chat/completions"
    assert call.target.key is not None


INSECURE: dict[str, tuple[str, type[MixError] | None]] = {
    "plain http to another machine": ('[providers.gpu]\nbase_url = "http://gpu.lan:8000/v1"', BadConfig),
    "with leave": ('[providers.gpu]\nbase_url = "http://gpu.lan:8000/v1"\nallow_insecure = true', None),
    "plain http to this machine": ('[providers.gpu]\nbase_url = "http://127.0.0.1:8000/v1"', None),
    "a key in the address": ('[providers.gpu]\nbase_url = "https://me:secret@gpu.lan/v1"', BadConfig),
}


@pytest.mark.parametrize(("user", "kind"), INSECURE.values(), ids=INSECURE)
def test_an_address_must_be_fit_to_be_sent_to(place: Place, user: str, kind: type[MixError] | None) -> None:
    place.say(user=user + "\nauth = { required = false }")
    found = aim("gpu:any", World(place.load().unwrap(), {}), Aim())
    assert either(found, lambda _: None, type) == kind
    assert "secret" not in repr(found.failure() if isinstance(found, Failure) else "")


PATHS: dict[str, tuple[Callable[[Mapping[str, str]], Path], str]] = {
    "settings": (config_file, "MM_CONFIG"),
    "data": (data_folder, "MM_HOME"),
}


@pytest.mark.parametrize(("place_of", "variable"), PATHS.values(), ids=PATHS)
def test_a_variable_says_where_things_lie(place_of: Callable[[Mapping[str, str]], Path], variable: str) -> None:
    assert place_of({variable: "/somewhere/else"}) == Path("/somewhere/else")
    assert "modelmix" in place_of({}).parts
    assert place_of({variable: ""}) == place_of({})
