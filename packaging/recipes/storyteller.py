"""A generator of short stories and dialogues about a small world, for training and testing `starter-gpt`.

Pure Python and seeded: the same seed gives the same text. What is held out is decided in ``split_of``, by
a hash of the pair: pairs of a thing and its look, of an animal and a place, of two events and of two numbers belong to
training, to "development" (looked at while choosing) or to "test" (the reported score), and to one of them only.

    python packaging/recipes/storyteller.py held-out > packaging/recipes/starter_gpt_heldout.jsonl
    python packaging/recipes/storyteller.py stories > resources/samples/stories.txt
"""

from __future__ import annotations

import json
import random
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import storyteller_facts as facts
import storyteller_words as words

L = TypeVar("L")
R = TypeVar("R")

Split = Literal["training", "development", "test"]
TEST_PERCENT = 12
DEVELOPMENT_PERCENT = 4
LARGEST_ADDEND = 30


def split_of(kind: str, left: object, right: object) -> Split:
    """The split that this pair belongs to. Numbers are unordered: 3 and 7 go with 7 and 3."""
    if isinstance(left, int) and isinstance(right, int):
        left, right = min(left, right), max(left, right)
    bucket = zlib.crc32(f"{kind}|{left}|{right}".encode()) % 100
    if bucket < TEST_PERCENT:
        return "test"
    return "development" if bucket < TEST_PERCENT + DEVELOPMENT_PERCENT else "training"


@dataclass(frozen=True)
class Turn:
    """One question and its one right answer."""

    category: str
    question: str
    answer: str


class World:
    """Random draws from the small world; every pair drawn is of one split."""

    def __init__(self, rng: random.Random, split: Split = "training") -> None:
        self.rng = rng
        self.split = split

    def pair(self, kind: str, lefts: Sequence[L], rights: Sequence[R]) -> tuple[L, R]:
        while True:
            left, right = self.rng.choice(lefts), self.rng.choice(rights)
            if split_of(kind, left, right) == self.split:
                return left, right

    def people(self, count: int) -> list[str]:
        return self.rng.sample(words.PEOPLE, count)

    def look(self) -> tuple[str, str]:
        """A thing and how it looks, such as ("kite", "red")."""
        return self.pair("look", words.THINGS, words.COLOURS + words.SIZES)

    def coloured(self) -> tuple[str, str]:
        return self.pair("look", words.THINGS, words.COLOURS)

    def stay(self) -> tuple[str, str]:
        """An animal and where it is."""
        return self.pair("place", words.ANIMALS, words.PLACES)

    def numbers(self, smallest: int = 0, largest: int = LARGEST_ADDEND) -> tuple[int, int]:
        span = range(smallest, largest + 1)
        return self.pair("numbers", span, span)

    def say(self, pattern: str) -> str:
        """The pattern with one of the alternatives of every ``{a|b}`` chosen."""
        return re.sub(r"\{([^{}]*\|[^{}]*)\}", lambda match: self.rng.choice(match[1].split("|")), pattern)


def article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def plural(noun: str) -> str:
    return words.PLURALS.get(noun, noun + "s")


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def with_context(world: World, context: str, question: str) -> str:
    if question.startswith(("Tell", "Count")):
        question = question.rstrip("?") + "."
    return f"{question} {context}" if world.rng.random() < 0.12 else f"{context} {question}"


# ---------------------------------------------------------------- one function a category


def colours(world: World) -> Turn:
    """Who has what, and how it looks: the answer is in the question's own text."""
    rng = world.rng
    owners = world.people(rng.choice((1, 2, 2, 2, 3, 3)))
    looks: list[tuple[str, str]] = []
    while len(looks) < len(owners):
        look = world.coloured() if rng.random() < 0.75 else world.look()
        if look[0] not in [thing for thing, _ in looks] and look[1] not in [how for _, how in looks]:
            looks.append(look)
    own = [f"{who} {{has|has got|owns|likes|carries}} {article(how)} {thing}" for who, (thing, how) in zip(owners, looks, strict=True)]
    statement = world.say(listed(own) + "." if rng.random() < 0.6 else ". ".join(own) + ".")
    index = rng.randrange(len(owners))
    who, (thing, how) = owners[index], looks[index]
    form = rng.random()
    if form < 0.05:
        who = rng.choice([name for name in words.PEOPLE if name not in owners])
        question, answer = f"What {{colour is {who}'s {thing}|does {who} have}}?", facts.UNKNOWN_ANSWER
    elif form < 0.5 and how in words.COLOURS:
        question = f"{{What|Which}} colour {{is {who}'s {thing}|is the {thing}|is the {thing} of {who}|does {who}'s {thing} have}}?"
        answer = f"{who}'s {thing} is {how}."
    elif form < 0.65:
        question, answer = f"{{What does {who} have|What is {who}'s|Tell me what {who} has}}?", f"{who} has {article(how)} {thing}."
    elif form < 0.85:
        question = f"{{Who has the {thing}|Who has the {how} {thing}|Who has something {how}|Whose {thing} is {how}}}?"
        answer = f"{who} has the {how} {thing}."
    else:
        question = f"{{What is|Which thing is|Tell me what is}} {how}?"
        answer = f"{who}'s {thing} is {how}."
    return Turn("colours", with_context(world, statement, world.say(question)), answer)


def places(world: World) -> Turn:
    rng = world.rng
    count = rng.choice((1, 2, 2, 3, 3))
    stays: list[tuple[str, str]] = []
    while len(stays) < count:
        stay = world.stay()
        if all(stay[0] != other[0] and stay[1] != other[1] for other in stays):
            stays.append(stay)
    told = [f"the {animal} {{is|sits|sleeps|plays|stands}} {place}" for animal, place in stays]
    statement = world.say(capital(listed(told)) + "." if rng.random() < 0.5 else " ".join(capital(part) + "." for part in told))
    animal, place = rng.choice(stays)
    form = rng.random()
    if form < 0.04:
        other = rng.choice([name for name in words.ANIMALS if name not in [animal for animal, _ in stays]])
        question, answer = f"Where is the {other}?", facts.UNKNOWN_ANSWER
    elif form < 0.6:
        question = f"{{Where is the {animal}|Where can I find the {animal}|In which place is the {animal}|Tell me where the {animal} is}}?"
        answer = f"The {animal} is {place}."
    else:
        question = f"{{Who is|Which animal is|What is|Tell me who is}} {place}?"
        answer = f"The {animal} is {place}."
    return Turn("places", with_context(world, statement, world.say(question)), answer)


def counting(world: World) -> Turn:
    rng = world.rng
    form = rng.random()
    if form < 0.35:  # count the listed animals of a place
        while True:
            place = rng.choice(words.PLACES)
            animals = [name for name in words.ANIMALS if split_of("place", name, place) == world.split]
            if animals:
                break
        chosen = rng.sample(animals, rng.randint(1, min(6, len(animals))))
        text = listed([article(name) for name in chosen])
        statement = f"{capital(text)} {'are' if len(chosen) > 1 else 'is'} {place}." if rng.random() < 0.5 else (
            f"{capital(place)} {'there are' if len(chosen) > 1 else 'there is'} {text}.")
        question = "{How many animals are there|How many animals are PLACE|Count the animals|How many are PLACE}?".replace("PLACE", place)
        answer = f"There {'are' if len(chosen) > 1 else 'is'} {len(chosen)} {'animals' if len(chosen) > 1 else 'animal'}."
        return Turn("counting", with_context(world, statement, world.say(question)), answer)
    if form < 0.6:  # count the things of somebody
        who = world.people(1)[0]
        looks: dict[str, str] = {}
        for _ in range(rng.randint(1, 6)):
            thing, how = world.look()
            looks[thing] = how
        noun = "things" if len(looks) > 1 else "thing"
        statement = f"{who} has {listed([article(how) + ' ' + thing for thing, how in looks.items()])}."
        question = world.say(f"{{How many things does {who} have|Count {who}'s things|How many things are there}}?")
        return Turn("counting", with_context(world, statement, question), f"{who} has {len(looks)} {noun}.")
    if form < 0.8:  # read a number
        who, (first, second) = world.people(1)[0], world.numbers(2)
        one, two = rng.sample(words.FOODS, 2)
        asked, number = rng.choice(((one, first), (two, second)))
        statement = f"{who} has {first} {plural(one)} and {second} {plural(two)}."
        question = world.say(f"{{How many {plural(asked)} does {who} have|How many {plural(asked)} are there}}?")
        return Turn("counting", with_context(world, statement, question), f"{who} has {number} {plural(asked)}.")
    while True:  # count up
        low, high = sorted(world.numbers())
        if 2 <= high - low <= 9:
            break
    question = world.say(f"{{Count|Please count|Count for me|Can you count}} {{from {low} to {high}|up from {low} to {high}}}.")
    return Turn("counting", question, ", ".join(str(number) for number in range(low, high + 1)) + ".")


def sums(world: World) -> Turn:
    rng = world.rng
    first, second = world.numbers()
    form = rng.random()
    if form < 0.38:
        question = (f"{{What is {first} {{plus|and|+}} {second}|How much is {first} {{plus|and|+}} {second}|{first} {{plus|+}} {second}"
                    f"|Add {first} and {second}|Please add {first} and {second}|Can you add {first} and {second}|What do {first} and {second} make}}")
        return Turn("sums", finish(world, question), plus(first, second))
    if form < 0.62:
        high, low = max(first, second), min(first, second)
        question = (f"{{What is {high} {{minus|less|-}} {low}|How much is {high} {{minus|less|-}} {low}|{high} {{minus|-}} {low}"
                    f"|Take {low} from {high}|Please take {low} away from {high}|What is left of {high} without {low}}}")
        return Turn("sums", finish(world, question), minus(high, low))
    if form < 0.72:
        while first == second:
            first, second = world.numbers()
        high, low = max(first, second), min(first, second)
        if rng.random() < 0.5:
            return Turn("sums", finish(world, f"{{Which is|What is|Which number is}} {{more|larger|bigger}}, {first} or {second}"), f"{high} is more than {low}.")
        return Turn("sums", finish(world, f"{{Which is|What is|Which number is}} {{less|smaller}}, {first} or {second}"), f"{low} is less than {high}.")
    food, who = rng.choice(words.FOODS), rng.choice((*words.PEOPLE, "I"))
    first, second = world.numbers(2)
    have, get, give, do = ("have", "get", "give away", "do") if who == "I" else ("has", "gets", "gives away", "does")
    holder = "You have" if who == "I" else f"{who} has"
    if form < 0.88:
        text = f"{who} {have} {first} {plural(food)} and {{{get}|{get.replace('get', 'find')}|{get.replace('get', 'buy')}}} {second} more. How many {plural(food)} {do} {who} have{{| now}}?"
        return Turn("sums", world.say(text), f"{plus(first, second)[:-1]}, so {holder} {first + second} {plural(food)}.".replace("so You", "so you"))
    high, low = max(first, second), min(first, second)
    text = f"{who} {have} {high} {plural(food)} and {{{give}|{'lose' if who == 'I' else 'loses'}|{'eat' if who == 'I' else 'eats'}}} {low}. How many {plural(food)} {{{do} {who} have now|are left}}?"
    return Turn("sums", world.say(text), f"{minus(high, low)[:-1]}, so {high - low} {plural(food)} are left.")


def finish(world: World, question: str) -> str:
    """Draws the alternatives, inner ones first, and ends the question as a person might."""
    while "{" in question:
        question = world.say(question)
    if question[0].isdigit():
        return question + world.rng.choice((" = ?", " is?", "?", "?"))
    return question + ("." if question.startswith(("Add", "Take", "Please")) else "?")


def plus(first: int, second: int) -> str:
    return f"{first} plus {second} is {first + second}."


def minus(high: int, low: int) -> str:
    return f"{high} minus {low} is {high - low}."


def feelings(world: World) -> Turn:
    """Two people, two events; which pairs of events meet is what is held out."""
    rng = world.rng
    names = world.people(3)
    while True:
        first, second = world.pair("events", list(words.EVENTS), list(words.EVENTS))
        if words.EVENTS[first] != words.EVENTS[second]:
            break
    told = [tell_event(world, event, names[2]) for event in (first, second)]
    index = rng.randrange(2)
    who, feeling = names[index], words.EVENTS[(first, second)[index]]
    statement = f"{names[0]} {told[0]}{rng.choice(('. ', ' and ', ', but '))}{names[1]} {told[1]}."
    form = rng.random()
    if form < 0.55:
        question, answer = f"{{How does {who} feel|How is {who} feeling|What does {who} feel|How will {who} feel}}{{| now}}?", f"{who} feels {feeling}."
    elif form < 0.8:
        question, answer = f"{{Who feels {feeling}|Who is {feeling}|Which of them is {feeling}}}?", f"{who} feels {feeling}."
    else:
        question, answer = f"{{Why is {who} {feeling}|Why does {who} feel {feeling}}}?", f"{who} is {feeling} because {who} {told[index]}."
    return Turn("feelings", with_context(world, statement, world.say(question)), answer)


def tell_event(world: World, event: str, friend: str) -> str:
    thing, colour = world.coloured()
    return event.format(thing=f"{colour} {thing}", friend=friend, animal=world.rng.choice(words.ANIMALS))


def ask_fact(world: World, fact: facts.Fact, frames: Sequence[str]) -> str:
    rng = world.rng
    ways = list(fact.ways)
    if fact.names and (not ways or rng.random() < 0.8):
        question = world.say(rng.choice(frames)).replace("{x}", rng.choice(fact.names))
    else:
        question = world.say(rng.choice(ways))
    question = question.replace("??", "?")
    chance = rng.random()
    if chance < 0.06:
        question = rng.choice(("Please tell me: ", "I have a question. ", "One more thing: ", "Hey! ", "Quick question: ")) + question
    elif chance < 0.12:
        question = question.rstrip(".?") if rng.random() < 0.5 else question.lower()
    return capital(question) if rng.random() < 0.97 else question


def models(world: World) -> Turn:
    fact = world.rng.choice(list(facts.MODELS.values()))
    return Turn("models", ask_fact(world, fact, facts.CONCEPT_FRAMES), fact.answer)


def application(world: World) -> Turn:
    fact = world.rng.choice(list(facts.APPLICATION.values()))
    return Turn("application", ask_fact(world, fact, facts.CONCEPT_FRAMES[:5]), fact.answer)


def itself(world: World) -> Turn:
    fact = world.rng.choice(list(facts.SELF.values()))
    return Turn("itself", ask_fact(world, fact, ()), fact.answer)


def nonsense(rng: random.Random) -> str:
    """A word that nobody knows, so that an unknown word itself comes to mean: outside."""
    starts, middles = ("b", "br", "c", "d", "f", "gl", "h", "k", "m", "n", "p", "pr", "s", "st", "t", "v", "z"), "aeiou"
    ends = ("n", "r", "st", "l", "m", "tion", "ng", "x", "ck", "ment", "phy", "ism", "ler", "")
    return "".join(rng.choice(starts) + rng.choice(middles) for _ in range(rng.randint(1, 3))) + rng.choice(ends)


def outside(world: World) -> Turn:
    rng = world.rng
    made = [nonsense(rng), nonsense(rng)]
    names = [rng.choice((*words.OUTSIDE_NAMES, made[0].title())) for _ in range(2)]
    topics = [rng.choice((*words.OUTSIDE_TOPICS, *made)) for _ in range(2)]
    question = rng.choice(words.OUTSIDE_TEMPLATES).format(
        name=names[0], name2=names[1], topic=topics[0], topic2=topics[1], verb=rng.choice(words.OUTSIDE_VERBS),
        work=rng.choice(words.OUTSIDE_WORKS), nonsense=made[0], nonsense2=made[1],
        year=rng.randint(100, 2030), year2=rng.randint(100, 2030),
    )  # fmt: skip
    return Turn("outside", capital(question), facts.OUTSIDE_ANSWER)


def chinese(world: World) -> Turn:
    rng = world.rng
    if rng.random() < 0.15:
        fact = rng.choice(list(facts.CHINESE.values()))
        return Turn("chinese", world.say(rng.choice(fact.ways)), fact.answer)
    made = "".join(rng.choice(words.CHINESE_CHARACTERS) for _ in range(rng.randint(2, 6)))
    question = rng.choice(words.CHINESE_TEMPLATES).format(
        name=rng.choice(words.CHINESE_NAMES), name2=rng.choice(words.CHINESE_NAMES), nonsense=made,
        topic=rng.choice((*words.CHINESE_TOPICS, made[:2])), topic2=rng.choice(words.CHINESE_TOPICS),
        year=rng.randint(1000, 2030), year2=rng.randint(10, 99),
    )  # fmt: skip
    return Turn("chinese", question.rstrip("？。") if rng.random() < 0.2 else question, facts.CHINESE_ANSWER)


# Category: its function and its share of the questions of the training set.
CATEGORIES: dict[str, tuple[Callable[[World], Turn], float]] = {
    "colours": (colours, 0.13),
    "places": (places, 0.10),
    "counting": (counting, 0.14),
    "sums": (sums, 0.21),
    "feelings": (feelings, 0.10),
    "models": (models, 0.11),
    "application": (application, 0.09),
    "itself": (itself, 0.04),
    "outside": (outside, 0.06),
    "chinese": (chinese, 0.02),
}


def question(world: World, shares: dict[str, float] | None = None) -> Turn:
    """A question of a category drawn by its share."""
    weights = [(shares or {}).get(name, share) for name, (_, share) in CATEGORIES.items()]
    return world.rng.choices([make for make, _ in CATEGORIES.values()], weights)[0](world)


# ---------------------------------------------------------------- stories and documents


def story(world: World) -> tuple[str, str, list[Turn]]:
    """A request for a story, the story, and questions that it answers."""
    rng = world.rng
    hero, friend = world.people(2)
    animal, place = world.stay()
    thing, colour = world.coloured()
    other = rng.choice([name for name in words.ANIMALS if name != animal])
    food = rng.choice(words.FOODS)
    start = world.say(f"{{Once upon a time|One day|Long ago|One morning}} {{there was|there lived}} {article(animal)} {{called|named}} {hero}. "
                      f"{hero} {{had|loved|owned}} {article(colour)} {thing}.")
    trouble, feeling = rng.choice((
        (f"One day the {thing} was gone.", "sad"), (f"The wind took the {thing} away.", "sad"),
        (f"{article(other).capitalize()} called {friend} took the {thing}.", "angry"),
        (f"Then {hero} heard a loud noise.", "scared"), (f"Then a storm came and it was dark.", "scared"),
        (f"{hero} carried the {thing} all day.", "tired"), (f"Nobody wanted to play with {hero}.", "sad"),
    ))  # fmt: skip
    search = rng.choice((f"{hero} looked for help.", f"{hero} asked everybody.", f"{hero} sat down and thought.", f"{hero} began to walk.",
                         f'"What can I do?" asked {hero}.', f'"Do not worry," said a voice.'))
    helper = rng.choice((f"{friend} the {other} came and said: \"I will help you.\"", f"Then {friend} the {other} came by with {article(food)}.",
                         f"{friend} the {other} saw it and smiled.", f'"Come with me," said {friend} the {other}.'))
    solved = rng.choice((f"Together they went and found the {thing} {place}.", f"They looked everywhere, and there it was {place}: the {thing}!",
                         f"They sat {place} and played with the {thing}.", f"{friend} knew a quiet spot {place}, and they rested there."))
    end = rng.choice((f"{hero} was happy again.", f"From that day {hero} and {friend} were friends.", f"They shared {article(food)} and laughed.",
                      "And they all slept well that night.", f'"Thank you," said {hero}. "You are a good friend."', "It was a good day."))
    text = " ".join((start, trouble, f"{hero} was {feeling}.", search, helper, solved, end))
    request = world.say("{Tell me a|Tell me a short|Please tell me a|Write a|I would like a|Can you tell me a} story about "
                        + rng.choice((f"{article(animal)} and {article(thing)}.", f"{article(animal)}.", f"{article(animal)} called {hero}.",
                                      f"{article(animal)} with {article(colour)} {thing}.")))
    if rng.random() < 0.2:
        request = world.say("{Tell me a story.|A story, please.|Can you tell me a story?|Please write a short story.}")
    asked = [
        Turn("story", f"What colour was the {thing}?", f"The {thing} was {colour}."),
        Turn("story", f"Who was {hero}?", f"{hero} was {article(animal)}."),
        Turn("story", f"How did {hero} feel at first?", f"{hero} was {feeling}."),
        Turn("story", f"Who was {friend}?", f"{friend} was {article(other)}."),
    ]
    return request, text, rng.sample(asked, 2)


SYSTEM_PROMPTS: tuple[str, ...] = (
    "You are a helpful assistant.", "You are a small model.", "You tell stories.", "Answer in one sentence.", "Be kind and short.",
    "You are the assistant of Big Model Studio.", "You are a careful teacher.",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A conversation (``system``, then questions and answers in turn) or, where ``turns`` is empty, a plain ``text``.

    ``text`` is cut into parts; the parts at odd places are what can be foreseen (a sum's result), where there are several.
    """

    turns: tuple[tuple[str, str], ...] = ()
    system: str = ""
    text: tuple[str, ...] = ()


def document(world: World, shares: dict[str, float] | None = None) -> Document:
    """A document of the training set: mostly dialogues of a few turns, some stories, some lists of sums."""
    rng = world.rng
    chance = rng.random()
    if chance < 0.07:
        request, text, asked = story(world)
        if rng.random() < 0.4:
            return Document(text=(text,))
        return Document(turns=((request, text), *((turn.question, turn.answer) for turn in asked)))
    if chance < 0.15:
        return sum_list(world)
    turns: list[tuple[str, str]] = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        turn = question(world, shares)
        head, mark, tail = turn.question.rpartition(". ")
        if turn.category in ("colours", "places", "feelings") and mark and tail.endswith("?") and rng.random() < 0.12:
            turns += [(head + ".", facts.HEARD_ANSWER), (tail, turn.answer)]  # told first, asked later
        else:
            turns.append((turn.question, turn.answer))
    return Document(turns=tuple(turns), system=rng.choice(SYSTEM_PROMPTS) if rng.random() < 0.08 else "")


def sum_list(world: World) -> Document:
    """Sums one after another; a dense way to learn the number pairs of the training set."""
    parts: list[str] = []
    for _ in range(world.rng.randint(5, 12)):
        first, second = world.numbers()
        if world.rng.random() < 0.4:
            first, second = max(first, second), min(first, second)
            parts += [f"{' ' if parts else ''}{first} minus {second} is", f" {first - second}."]
        else:
            parts += [f"{' ' if parts else ''}{first} plus {second} is", f" {first + second}."]
    return Document(text=tuple(parts))


def documents(seed: int, shares: dict[str, float] | None = None) -> Iterator[Document]:
    """The training set, without end."""
    world = World(random.Random(seed))
    while True:
        yield document(world, shares)


# ---------------------------------------------------------------- held out

HELD_OUT_COUNTS: dict[str, int] = {"colours": 70, "places": 60, "counting": 60, "sums": 80, "feelings": 60}
HELD_OUT_SEED = 20261


def held_out(split: Split = "test", seed: int = HELD_OUT_SEED, counts: dict[str, int] | None = None) -> list[Turn]:
    """Questions over held-out pairs: ``counts`` of each category, none twice."""
    world = World(random.Random(seed), split)
    turns: dict[str, Turn] = {}
    for category, count in (counts or HELD_OUT_COUNTS).items():
        enough = len(turns) + count
        while len(turns) < enough:
            turn = CATEGORIES[category][0](world)
            turns[turn.question] = turn
    return list(turns.values())


def paraphrases() -> list[Turn]:
    """The questions written by hand, each with its answer. None of them is ever generated (a test sees to it)."""
    from storyteller_paraphrases import PARAPHRASES

    known: dict[str, dict[str, str]] = {
        "models": {key: fact.answer for key, fact in facts.MODELS.items()},
        "application": {key: fact.answer for key, fact in facts.APPLICATION.items()},
        "itself": {key: fact.answer for key, fact in facts.SELF.items()},
        "outside": {"": facts.OUTSIDE_ANSWER},
        "chinese": {"": facts.CHINESE_ANSWER},
    }
    return [Turn(category, question, known[category][key]) for category, key, question in PARAPHRASES]


def normalised(question: str) -> str:
    """Lower case, words only: two questions that differ in a comma are the same."""
    return " ".join(re.findall(r"\w+|[+-]", question.lower()))


def main() -> None:
    """Writes the held-out questions as JSON lines, or plain stories and dialogues to train on, to standard output."""
    if sys.argv[1:] == ["held-out"]:
        for turn in held_out() + paraphrases():
            print(json.dumps(turn.__dict__, ensure_ascii=False))
    elif sys.argv[1:] == ["stories"]:
        world = World(random.Random(7))
        for _ in range(620):
            print(story(world)[1], end="\n\n")
            for _ in range(3):
                turn = question(world)
                print(f"Question: {turn.question}\nAnswer: {turn.answer}", end="\n\n")
    else:
        sys.exit("usage: storyteller.py held-out|stories")


if __name__ == "__main__":
    main()
