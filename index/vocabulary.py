"""The bundled encoder's tokenizer, made from a dictionary and sentence pairs. Training only; `index.train` calls it.

One vocabulary for both languages, one `tokenizer.json` that defines everything:

    normaliser      NFKC, lower case, no accents, traditional → simplified characters: one compiled table
    pre-tokeniser   keeps runs of a–z, of digits and of Han characters; drops the rest
    model           unigram: English words and pieces, Chinese words and characters, each with its log-probability

    湯姆說ＡＩ安全  ->  汤姆 说 ai 安全        "Cybersecurity"  ->  cyber security

We chose unigram over WordPiece because a Han run with one unknown character must not become one unknown token, and
because it weighs words by frequency where the longest match from the left cuts wrongly (研究 | 生命, not 研究生 | 命).
"""

from __future__ import annotations

import gzip
import math
import re
import struct
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff"
RUNS = r"[a-z]+|[0-9]+|[\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}]+"
NORMALISED_RANGES = (
    *((0x20, 0x370), (0x1E00, 0x1F00), (0x2000, 0xA000), (0xF900, 0xFB10), (0xFE30, 0xFFF0), (0x1D400, 0x1D800)),
)
CROSS_REFERENCE = re.compile(
    r"(CL:|(old |Japanese |unofficial )?variant of|see |surname |also written|erhua|used in|abbr|also pr|Taiwan pr)"
)
FIELD_STEMS = (
    "access agent algorithm artificial assess attack audit authent author autonom bias biolog bug chain chemic chip "
    "classif cloud comput content control cooper copyright crimin cyber data defect detect discrimin educat emergen "
    "encrypt environment ethic evaluat fake false framework fraud generat govern grad guideline hardware human identif "
    "industr information infrastructure intellect intelligen interface international internet label law leak legal "
    "liab malicious manage manipulat measure minor mislead misuse model monitor network nuclear open organiz "
    "permission personal platform polic prevent principle privacy property protect public regulat reliab research "
    "responsib right risk robot robust rumor safe scien secur servic social software source standard state "
    "supervis supply synthe system technolog terror trace train transparen trust user vulnerab weapon"
)
FIELD = re.compile(rf"\b({FIELD_STEMS.replace(' ', '|')})")
"""English stems of the field: a dictionary word with one in its gloss is preferred when the vocabulary is chosen."""

FIELD_TERMS = {
    "大模型": "large model", "大语言模型": "large language model", "多模态": "multimodal", "提示词": "prompt",
    "智能体": "intelligent agent", "智能化": "intelligentization", "标识": "label; mark; identifier",
    "合规": "compliance", "备案": "filing; registration with the authorities", "问责": "accountability",
    "溯源": "provenance; tracing to the source", "追溯": "trace back", "可追溯": "traceable", "可解释": "explainable",
    "可解释性": "explainability", "可信": "trustworthy", "可控": "controllable", "鲁棒性": "robustness",
    "网络安全": "cybersecurity", "数据安全": "data security", "个人信息": "personal information",
    "知识产权": "intellectual property", "供应链": "supply chain", "商业秘密": "trade secret",
    "国家秘密": "state secret", "训练数据": "training data", "数据集": "dataset", "标注": "annotation",
    "投毒": "poisoning", "后门": "backdoor", "越狱": "jailbreak", "对抗": "adversarial; confrontation",
    "滥用": "abuse; misuse", "误用": "misuse", "恶意": "malicious", "失控": "loss of control", "幻觉": "hallucination",
    "深度伪造": "deepfake", "算力": "computing power", "信息茧房": "information cocoon", "分级": "grading",
    "分类": "classification", "分类分级": "classification and grading", "风险": "risk", "风险评估": "risk assessment",
    "应急": "emergency response", "应急预案": "emergency response plan", "开源": "open source",
    "闭源": "closed source", "权重": "weights", "开发者": "developer", "提供者": "provider", "使用者": "user",
    "服务提供者": "service provider", "主管部门": "competent department", "监管": "regulation; supervision",
    "治理": "governance", "伦理": "ethics", "歧视": "discrimination", "偏见": "bias", "隐私": "privacy",
    "未成年人": "minors", "拟人化": "anthropomorphic", "互联网": "internet", "生成式": "generative",
    "人工智能": "artificial intelligence", "机器学习": "machine learning", "深度学习": "deep learning",
    "神经网络": "neural network", "全生命周期": "entire life cycle", "护栏": "guardrail", "红队": "red team",
    "核生化": "nuclear, biological and chemical", "关键信息基础设施": "critical information infrastructure",
    "跨境": "cross-border", "出境": "transfer abroad", "端侧": "on-device", "具身智能": "embodied intelligence",
    "自主": "autonomous", "版权": "copyright", "侵权": "infringement", "舆论": "public opinion",
    "虚假信息": "false information", "意识形态": "ideology", "就业": "employment", "内容安全": "content safety",
    "价值观": "values", "框架": "framework",
}  # fmt: skip
"""Terms of the field in our own glosses, for what a general dictionary lacks or explains otherwise."""


class Entry(NamedTuple):
    """A dictionary entry: `Entry("數據", "数据", "shu4 ju4", ("data",), 0.8)`; `rich` grows with its detail."""

    traditional: str
    simplified: str
    pinyin: str
    senses: tuple[str, ...]
    rich: float


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """(Chinese, English) sentence pairs of a file `English TAB Chinese TAB attribution`."""
    fields = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(zh, en) for en, zh, *_ in fields]


def read_dictionary(path: Path) -> list[Entry]:
    """The entries of a CC-CEDICT file, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        matches = (re.match(r"(\S+) (\S+) \[(.*?)\] /(.*)/", line) for line in file if not line.startswith("#"))
        return [Entry(m[1], m[2], m[3], senses(m[4]), _richness(m[4])) for m in matches if m]


def senses(definition: str) -> tuple[str, ...]:
    """The first three senses in plain English.

    >>> senses("data/CL:個|个[ge4]/(computing) figures; numbers [shu4]")
    ('data', 'figures', 'numbers')
    """
    bare = re.sub(rf"\([^()]*\)|\[[^\]]*\]|[{HAN}|]+", "", definition)
    parts = (re.sub(r"\s+", " ", part).strip(" .,") for part in re.split("[/;]", bare))
    return tuple([part for part in parts if part and not CROSS_REFERENCE.match(part)][:3])


def _richness(definition: str) -> float:
    """Common words have classifiers and many senses; a stand-in for frequency."""
    parts = definition.count("/") + definition.count(";")
    return 1.0 * ("CL:" in definition) + 0.4 * min(parts + 1, 3) + 0.2 * min(parts, 5)


# --- normaliser ---------------------------------------------------------------------------------------------------


def simplifications(entries: Iterable[Entry]) -> dict[str, str]:
    """Traditional → simplified characters, those only that are not themselves in use as simplified ones (著, 乾)."""
    pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    in_simplified: Counter[str] = Counter()
    for entry in entries:
        in_simplified.update(entry.simplified)
        if len(entry.traditional) == len(entry.simplified):
            for old, new in zip(entry.traditional, entry.simplified, strict=True):
                pairs[old][new] += 1
    best = {old: news.most_common(1)[0] for old, news in pairs.items()}
    return {
        old: new
        for old, (new, count) in best.items()
        if old != new and count > 0.6 * pairs[old].total() and in_simplified[old] <= 0.1 * pairs[old].total()
    }


def character_rules(simplified: Mapping[str, str]) -> dict[str, str]:
    """What becomes of each character that changes: `{"Ａ": "a", "É": "e", "說": "说", "⼈": "人", "́": ""}`."""
    rules = {}
    for char in (chr(code) for start, end in NORMALISED_RANGES for code in range(start, end)):
        letters = unicodedata.normalize("NFKD", char).lower()
        bare = unicodedata.normalize("NFKC", "".join(c for c in letters if not unicodedata.combining(c)))
        new = "".join(simplified.get(c, c) for c in bare)
        if new != char:
            rules[char] = new
    return rules


def compile_rules(rules: Mapping[str, str]) -> bytes:
    """The rules as a SentencePiece `precompiled_charsmap`: a double-array trie of UTF-8 keys, then the replacements.

    One table lookup a character, where as many `Replace` rules would each scan the text.
    """
    replacements, where = bytearray(), {}
    trie: dict[int, Any] = {}
    for key, new in rules.items():
        if new not in where:
            where[new] = len(replacements)
            replacements += new.encode() + b"\0"
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = where[new]
    units = _double_array(trie)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(replacements)


def _double_array(trie: dict[int, Any]) -> list[int]:
    """Units as in darts-clone: a child `c` of the node at `p` lies at `p ^ offset(p) ^ c` and carries the label `c`."""
    units, taken, bases, lowest = [0] * 512, {0}, {0}, 1
    waiting = [(trie, 0)]
    while waiting:
        node, place = waiting.pop()
        base = next(b for b in range(lowest, 1 << 21) if b not in bases and all(b ^ byte not in taken for byte in node))
        lowest = max(lowest, base - 256)
        units += [0] * (base + 512 - len(units))
        bases.add(base)
        taken.update(base ^ byte for byte in node)
        units[place] |= (place ^ base) << 10 | (0 in node) << 8
        for byte, child in node.items():
            units[base ^ byte] = child | 1 << 31 if byte == 0 else byte
            if byte:
                waiting.append((child, base ^ byte))
    return units


# --- vocabulary ---------------------------------------------------------------------------------------------------


class Vocabulary(NamedTuple):
    """Tokens with their estimated counts, per language."""

    english: dict[str, float]
    chinese: dict[str, float]


def choose(
    pairs: Sequence[tuple[str, str]], entries: Sequence[Entry], teacher: Mapping[str, int], size: int
) -> Vocabulary:
    """`size` tokens: the teacher's English pieces but for unseen rare ones, Chinese characters, and the best words.

    `pairs` and `entries` are normalised. `teacher` maps WordPiece tokens to ids, which fall with frequency.
    """
    english = _english(pairs, entries, teacher)
    found = _dictionary_words_in(pairs, entries)
    inside = _inside(entries)
    characters = {entry.simplified for entry in entries if re.fullmatch(f"[{HAN}]", entry.simplified)}
    chinese = {c for c in characters if found[c] + inside[c] > 1}
    room = size - 1 - len(english) - len(chinese) - len(FIELD_TERMS)
    chinese |= set(_best_words(entries, found, inside)[:room]) | set(FIELD_TERMS)
    return Vocabulary(english, {word: found[word] + 0.2 * inside[word] + 0.3 for word in sorted(chinese)})


def _english(
    pairs: Sequence[tuple[str, str]], entries: Sequence[Entry], teacher: Mapping[str, int]
) -> dict[str, float]:
    seen = Counter(word for _, en in pairs for word in re.findall("[a-z]+", en))
    seen.update(word for entry in entries for sense in entry.senses for word in re.findall("[a-z]+", sense.lower()))
    ranks: dict[str, int] = {char: 100 for char in "abcdefghijklmnopqrstuvwxyz0123456789"}
    for token, rank in teacher.items():
        piece, place = token.removeprefix("##"), 40_000 if token.startswith("##") else rank
        if re.fullmatch("[a-z]+|[0-9]{1,4}", piece):
            ranks[piece] = min(ranks.get(piece, place), place)
    inflected = re.compile(r"(ies|ed|ing|ions?|ly|ment|ments|ity|ness|ances|[ia]ble|ship|ives?|ized?|ates|ous)$")
    rare = {word for word, rank in ranks.items() if 12_000 < rank < 40_000 and len(word) > 3 and not seen[word]}
    names = {word for word in rare if not inflected.search(word)}
    ranks |= {w: 30_000 for w, n in seen.items() if n >= 8 and len(w) > 2 and w not in ranks}
    return {w: seen[w] + 2000 / (1 + math.exp(r / 6000)) + 0.5 for w, r in sorted(ranks.items()) if w not in names}


def _dictionary_words_in(pairs: Sequence[tuple[str, str]], entries: Sequence[Entry]) -> Counter[str]:
    heads = {entry.simplified for entry in entries}
    runs = (run for zh, _ in pairs for run in re.findall(f"[{HAN}]+", zh))
    return Counter(part for run in runs for part in _parts(run, 8) if part in heads)


def _inside(entries: Sequence[Entry]) -> Counter[str]:
    """In how many longer headwords each headword stands."""
    heads = {entry.simplified for entry in entries}
    return Counter(part for head in sorted(heads) for part in _parts(head, 5) if part != head and part in heads)


def _parts(run: str, longest: int) -> Iterator[str]:
    return (run[i:j] for i in range(len(run)) for j in range(i + 1, min(len(run), i + longest) + 1))


def _best_words(entries: Sequence[Entry], found: Counter[str], inside: Counter[str]) -> list[str]:
    """Headwords of two to five characters: frequent ones, parts of others and words of the field first."""
    grouped: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if 2 <= len(entry.simplified) <= 5 and entry.senses and re.fullmatch(f"[{HAN}]+", entry.simplified):
            grouped[entry.simplified].append(entry)

    def score(word: str) -> float:
        name = all(entry.pinyin[0].isupper() for entry in grouped[word])
        field = any(FIELD.search(sense.lower()) for entry in grouped[word] for sense in entry.senses)
        familiar = sum(math.log1p(inside[char]) for char in word) / len(word)
        rich = sum(entry.rich for entry in grouped[word])
        preference = -1.5 if name else 2.5 if field else 0.0
        seen = 2.0 * math.log1p(found[word]) + math.log1p(inside[word])
        return seen + rich + 0.35 * familiar + preference - 0.7 * (len(word) - 2)

    return sorted(grouped.keys() - FIELD_TERMS.keys(), key=lambda word: (-score(word), word))


# --- tokenizer ----------------------------------------------------------------------------------------------------


def make_tokenizer(vocabulary: Vocabulary, rules: Mapping[str, str]) -> Tokenizer:
    """The tokenizer; id 0 is `[UNK]`. Single Han characters pay a penalty, so that rare words still win over them."""
    scored = [("[UNK]", 0.0)]
    for counts in vocabulary:
        total = sum(counts.values())
        alone = {token: 3.0 for token in counts if len(token) == 1 and not token.isascii()}
        scored += [(t, round(math.log(n / total) - alone.get(t, 0.0), 3)) for t, n in sorted(counts.items())]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=0))
    tokenizer.normalizer = normalizers.Precompiled(compile_rules(rules))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(RUNS), "removed", invert=True)
    return tokenizer


def recount(vocabulary: Vocabulary, tokenizer: Tokenizer, texts: Sequence[str], heads: Sequence[str]) -> Vocabulary:
    """Chinese counts as the tokenizer itself cuts `texts` and, at a tenth, `heads`: one step of Viterbi training."""
    counts: Counter[str] = Counter()
    for encoding in tokenizer.encode_batch(list(texts)):
        counts.update(encoding.tokens)
    tenth = Counter(token for encoding in tokenizer.encode_batch(list(heads)) for token in encoding.tokens)
    return vocabulary._replace(chinese={w: counts[w] + 0.1 * tenth[w] + 0.3 for w in vocabulary.chinese})
