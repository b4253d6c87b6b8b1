"""Texts that tell tokenizers apart: scripts, marks, line ends, code, runs, chance. The same every time."""

import random
from collections.abc import Iterator
from typing import Final

PLAIN: Final = {
    "nothing": "",
    "a word": "hello",
    "English": "The quick brown fox jumps over the lazy dog. It's what they'd've said, isn't it? I'LL SEE; we'Re done.",
    "German": "Übergrößenträger müßten öfter über Straßen gehen, sagte die Äbtissin.",
    "Turkish": "İstanbul'da ışıklı ağaçların gölgesinde DİKKATLİCE yürüdük.",
    "Vietnamese": "Tiếng Việt có rất nhiều dấu thanh và nguyên âm đặc biệt.",
    "Polish": "Zażółć gęślą jaźń, chrząszcz brzmi w trzcinie.",
    "Russian": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. ΣΊΣΥΦΟΣ ᾧ ᾯ",
    "Armenian": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար",
    "Georgian": "ყველა ადამიანი იბადება თავისუფალი ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
    "Hebrew": "כל בני האדם נולדו בני חורין, שָׁלוֹם עֲלֵיכֶם",
    "Arabic": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق ٠١٢٣٤٥٦٧٨٩",
    "Persian": "می‌خواهم کتاب‌هایم را ببینم ۱۲۳",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में स्वतन्त्रता प्राप्त है १२३४",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা নিয়ে জন্মগ্রহণ করে",
    "Tamil": "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்",
    "Telugu": "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน ๑๒๓",
    "Khmer": "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "Burmese": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့်",
    "Tibetan": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ",
    "Amharic": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。",
    "Japanese": "すべての人間は、生まれながらにして自由であり、ﾊﾝｶｸ カタカナ「漢字」と。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "conjoining jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "Cherokee": "ᏂᎦᏓ ᎠᏂᏴᏫ ꭰꭱꭲ",
    "Cuneiform and Gothic": "𒀀𒁀𒂀 𐌰𐌱𐌲 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛",
    "titlecase letters": "ǅungla ǈubav ǋega",
    "numerals": "Ⅷ ⅷ ① ② ½ ¾ ² ³ ፩ ፪ 一二三 〇 ௧௨",
    "digits": "0 12 123 1234 12345 3.14159265358979323846 1,234,567.89 0xDEADBEEF 2026-11-22T10:40:00Z",
    "a long number": "1234567890" * 30,
    "combining marks": "e\u0301 a\u0308\u0323 Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d \u0301 \u0301",
    "enclosing and modifier marks": "1\u20e3 #\ufe0f\u20e3 a\u20dd ʰʱʲ ˈword ꜛ",
    "emoji": "😀 👍🏽 👩‍👩‍👧‍👦 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇳🇴🇩🇪 ❤️‍🔥 ☃︎",
    "many emoji": "🎉" * 40 + "🧑🏾‍💻" * 7,
    "zero width and soft": "a\u200bb\u200cc\u200dd\u2060e\u00adf\ufeffg",
    "Unicode spaces": "a\u00a0b\u2003c\u3000d\u2028e\u2029f\u0085g\u1680h\u202fi\u180ej\u200bk",
    "controls": "a\x00b\x01\x02\x07\x08\x0b\x0c\x1b[31mred\x1b[0m\x7f\x80\x9f",
    "line ends": "one\r\ntwo\r\rthree\n\n\nfour\n\r\nfive \r\n  six\t\r\n",
    "space before line ends": "a  \n  b   \n\n   c \t \n\t\td  ",
    "indented": "def f(x):\n    if x:\n        return  x + 1\n\n\n\treturn\t0  \n",
    "leading spaces": "    four spaces and a tab\tand one at the end ",
    "contractions": "I'm you're he'd she'll we've it's don't DON'T I'M O'Ré d'être 'tis l'ſ K'ſ",
    "long s and Kelvin sign": "\u017f 'ſ it'\u017f \u212a '\u212a",
    "camelCase": "getHTTPResponseCode XMLHttpRequest iPhone eBay McDonald's aB" * 3,
    "slashes": "https://example.com/a/b//c?x=1&y=%20#z //// /\n/\r\n// a/\nb",
    "punctuation": "!!! ??? ... --- *** ### ;;; (((([[[{{{}}}]]])))) <<<>>> ~~~ `` '' \"\" @@ $$ %% ^^ && || \\\\",
    "currency and mathematics": "€1.00 £2 ¥3 ₹4 ∑∫∂√ ≤≥≠ ℝⁿ x² + y³ ∀x∃y ⊂⊆ → ⇒ ↔",
    "box drawing": "┌──┬──┐\n│  │  │\n├──┼──┤\n└──┴──┘ █▓▒░",
    "private use and unassigned": "\ue000\uf8ff\U000f0000\U0010fffd \u0378 \U0003fffd \ufffe \uffff",
    "replacement": "\ufffd\ufffd bad \ufffd",
    "special tokens": "<|endoftext|><|im_start|>system<|im_end|> <|fim_prefix|> <|endofprompt|> <|message|>",
    "almost special": "<|endoftext|<|endoftext||> <| endoftext |>",
    "Python": 'from typing import Final\n\n\n@dataclass(frozen=True)\nclass A:\n    """A thing."""\n\n    x: int = 0\n',
    "Rust": 'fn main() {\n    let v: Vec<u32> = (0..10).map(|x| x * 2).collect();\n    println!("{v:?}");\n}\n',
    "C": '#include <stdio.h>\r\nint main(void)\r\n{\r\n\tfor (;;) { printf("%d\\n", 1 << 3); }\r\n}\r\n',
    "HTML": "<div class=\"a b\" data-x='1'><p>Caf&eacute;</p><!-- note --></div>\n",
    "SQL": "SELECT a.*, COUNT(*) FROM t AS a WHERE a.x >= 10 AND a.y <> 'z' GROUP BY 1;",
    "Markdown": "# Title\n\n* one\n* two\n    * three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nls -la\n```\n",
    "JSON": '{"name": "Ünï", "list": [1, 2.5, -3e10, null, true], "deep": {"a": {"b": {"c": "\\u00e9\\n"}}}}',
    "compact JSON": '[{"id":"call_abc123","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}}]' * 4,
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "hexadecimal": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "a UUID": "550e8400-e29b-41d4-a716-446655440000",
    "genes": "ACGTTGCAACGTGGGTTTAAACCC" * 20,
}

_RUNS: Final = (
    "a",
    "A",
    "z",
    " ",
    "\n",
    "\t",
    "\r\n",
    " \n",
    "=",
    "-",
    "1",
    "é",
    "ß",
    "字",
    "한",
    "😀",
    "\u0301",
    "aB",
    "Ab",
    "a ",
    "'s",
)
_LENGTHS: Final = (1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 1000)

_ALPHABETS: Final = {
    "letters and spaces": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ     ",
    "ASCII": "".join(map(chr, range(128))),
    "spaces": " \t\n\r\u00a0\u3000\x0b\x0c x",
    "apostrophes": "'sStTmMdDlLrReEvV aſ\u212aıİ",
    "marks": "aeé\u0301\u0308\u0323\u20dd ʰΑαǅ字",
    "mixed scripts": "aÄжשعकกあ字한Ა𒀀😀1٣ .!\n",
}


def runs() -> Iterator[tuple[str, str]]:
    """One piece many times over, alone and between words: where vector code has its edges."""
    for piece in _RUNS:
        for length in _LENGTHS:
            yield f"{length} × {piece!r}", piece * length
            yield f"{length} × {piece!r} between words", f"x{piece * length}y {piece * length}. "


def chance(count: int) -> Iterator[tuple[str, str]]:
    """Characters drawn from alphabets, and from all of Unicode."""
    source = random.Random("tokens")
    for number in range(count):
        for name, alphabet in _ALPHABETS.items():
            yield f"{name} {number}", "".join(source.choices(alphabet, k=source.randrange(1, 120)))
        drawn = [_character(source) for _ in range(source.randrange(1, 60))]
        yield f"any character {number}", "".join(drawn)


def _character(source: random.Random) -> str:
    while True:
        code = source.randrange(0x110000) if source.random() < 0.5 else source.randrange(0x3000)
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def every_character() -> Iterator[tuple[str, str]]:
    """Every code point, alone among letters: the classes of characters are those of one Unicode version."""
    for start in range(0, 0x110000, 16):
        codes = [code for code in range(start, start + 16) if not 0xD800 <= code < 0xE000]
        if codes:
            yield f"from U+{start:04X}", "".join(f"a{chr(code)} {chr(code)}1" for code in codes)


def corpus(count: int = 300) -> Iterator[tuple[str, str]]:
    """All texts, by name."""
    yield from PLAIN.items()
    yield from runs()
    yield from chance(count)
    yield from every_character()
