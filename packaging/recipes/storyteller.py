"""A generator of short stories and dialogues about a small world, for training and testing `starter-gpt`.

Pure Python and seeded: the same seed gives the same text. What is held out is decided in
``storyteller_world.split_of``, by a hash of the pair: pairs of a thing and its look, of an animal and a place, of two
events and of two numbers belong to training, to "development" (looked at while choosing) or to "test" (the reported
score), and to one of them only.

    python packaging/recipes/storyteller.py held-out > packaging/recipes/starter_gpt_heldout.jsonl
    python packaging/recipes/storyteller.py stories > resources/samples/stories.txt
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import storyteller_self as facts
import storyteller_words as words
from storyteller_facts import APPLICATION
from storyteller_models import MODELS
from storyteller_paraphrases import PARAPHRASES
from storyteller_questions import CATEGORIES, question, tell_event
from storyteller_world import LARGEST_ADDEND, Split, Turn, World, article, capital, listed, plural, split_of

# ---------------------------------------------------------------- stories and documents


def story(world: World) -> tuple[str, str, list[Turn]]:
    """A request for a story, the story, and questions that it answers."""
    rng = world.rng
    hero, friend = world.people(2)
    animal, place = world.stay()
    thing, colour = world.coloured()
    other = rng.choice([name for name in words.ANIMALS if name != animal])
    food = rng.choice(words.FOODS)
    start = world.say(
        f"{{Once upon a time|One day|Long ago|One morning}} {{there was|there lived}} {article(animal)} "
        f"{{called|named}} {hero}. "
        f"{hero} {{had|loved|owned}} {article(colour)} {thing}."
    )
    trouble, feeling = rng.choice(
        (
            (f"One day the {thing} was gone.", "sad"),
            (f"The wind took the {thing} away.", "sad"),
            (f"{article(other).capitalize()} called {friend} took the {thing}.", "angry"),
            (f"Then {hero} heard a loud noise.", "scared"),
            ("Then a storm came and it was dark.", "scared"),
            (f"{hero} carried the {thing} all day.", "tired"),
            (f"Nobody wanted to play with {hero}.", "sad"),
        )
    )
    search = rng.choice(
        (
            f"{hero} looked for help.",
            f"{hero} asked everybody.",
            f"{hero} sat down and thought.",
            f"{hero} began to walk.",
            f'"What can I do?" asked {hero}.',
            '"Do not worry," said a voice.',
        )
    )
    helper = rng.choice(
        (
            f'{friend} the {other} came and said: "I will help you."',
            f"Then {friend} the {other} came by with {article(food)}.",
            f"{friend} the {other} saw it and smiled.",
            f'"Come with me," said {friend} the {other}.',
        )
    )
    solved = rng.choice(
        (
            f"Together they went and found the {thing} {place}.",
            f"They looked everywhere, and there it was {place}: the {thing}!",
            f"They sat {place} and played with the {thing}.",
            f"{friend} knew a quiet spot {place}, and they rested there.",
        )
    )
    end = rng.choice(
        (
            f"{hero} was happy again.",
            f"From that day {hero} and {friend} were friends.",
            f"They shared {article(food)} and laughed.",
            "And they all slept well that night.",
            f'"Thank you," said {hero}. "You are a good friend."',
            "It was a good day.",
        )
    )
    text = " ".join((start, trouble, f"{hero} was {feeling}.", search, helper, solved, end))
    request = world.say(
        "{Tell me a|Tell me a short|Please tell me a|Write a|I would like a|Can you tell me a} story about "
        + rng.choice(
            (
                f"{article(animal)} and {article(thing)}.",
                f"{article(animal)}.",
                f"{article(animal)} called {hero}.",
                f"{article(animal)} with {article(colour)} {thing}.",
            )
        )
    )
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
    "You are a helpful assistant.", "You are a small model.", "You tell stories.", "Answer in one sentence.",
    "Be kind and short.", "You are the assistant of Big Model Studio.", "You are a careful teacher.",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A conversation (``system``, then questions and answers in turn) or, where ``turns`` is empty, a plain ``text``.

    ``text`` is cut into parts; where there are several, those at odd places are what can be foreseen (a sum's result).
    """

    turns: tuple[tuple[str, str], ...] = ()
    system: str = ""
    text: tuple[str, ...] = ()


SUM_LISTS = 0.08


def document(
    world: World,
    shares: dict[str, float] | None = None,
    sum_lists: float = SUM_LISTS,
    look_ups: float = 0.0,
    who_lists: float = 0.0,
) -> Document:
    """A document of the training set: mostly dialogues of a few turns, some stories, and shares of the drills."""
    rng = world.rng
    chance = rng.random()
    if chance < 0.07:
        request, text, asked = story(world)
        if rng.random() < 0.4:
            return Document(text=(text,))
        return Document(turns=((request, text), *((turn.question, turn.answer) for turn in asked)))
    if chance < 0.07 + sum_lists:
        return sum_list(world)
    if chance < 0.07 + sum_lists + look_ups:
        return rng.choices((repeat_list, look_up_list), (0.25, 0.75))[0](world)
    if chance < 0.07 + sum_lists + look_ups + who_lists:
        return who_list(world)
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


def repeat_list(world: World) -> Document:
    """Words without sense, and the same again: teaches to go on as before (induction, Olsson et al. 2022)."""
    known = (*words.PEOPLE, *words.ANIMALS, *words.FOODS)
    text = " ".join(world.rng.choices(known, k=world.rng.randint(6, 20)))
    return Document(text=(text + ". Again:", f" {text}."))


def look_up_list(world: World) -> Document:
    """Facts of one kind, then each of them asked for in another order, in short; denser than questions."""
    rng = world.rng
    facts_told: list[str] = []
    asked: list[tuple[str, str]] = []
    ways: tuple[tuple[str, str], ...]
    kind = rng.choice(("own", "own", "stay", "stay", "feel"))
    if kind == "own":
        looks = dict(world.coloured() for _ in range(rng.randint(3, 6)))
        for who, (thing, how) in zip(world.people(len(looks)), looks.items(), strict=True):
            facts_told.append(world.say(f"{who} {{has|has got|owns|likes|carries}} {article(how)} {thing}."))
            ways = ((f"{who}'s {thing} is", f" {how}."), (f"{who} has", f" {article(how)} {thing}."),
                    (f"The {how} {thing} is", f" {who}'s."), (f"The {thing} is", f" {who}'s."))  # fmt: skip
            asked.append(rng.choice(ways))
    elif kind == "stay":
        stays = dict(world.stay() for _ in range(rng.randint(3, 6)))
        for place, animal in {place: animal for animal, place in stays.items()}.items():
            facts_told.append(world.say(f"The {animal} {{is|sits|sleeps|plays|stands}} {place}."))
            asked.append(
                rng.choice(((f"The {animal} is", f" {place}."), (f"{place.capitalize()} is", f" the {animal}.")))
            )
    else:
        events = some_events(world, rng.randint(3, 4))
        names = world.people(len(events) + 1)
        for who, event in zip(names, events, strict=False):
            told, feeling = tell_event(world, event, names[-1]), words.EVENTS[event]
            facts_told.append(f"{who} {told}.")
            ways = ((f"{who} feels", f" {feeling}."), (f"{who} is {feeling} because", f" {who} {told}."))
            asked.append(rng.choice(ways))
    rng.shuffle(asked)
    parts = [part for prompt, answer in asked for part in (f" {prompt}", answer)]
    return Document(text=(" ".join(facts_told) + parts[0], *parts[1:]))


def who_list(world: World) -> Document:
    """Facts of one kind, then questions that go backwards, from what is said of somebody to the one it is said of."""
    rng = world.rng
    told: list[str] = []
    asked: list[tuple[str, str]] = []
    kind = rng.choice(("own", "stay", "feel", "number"))
    if kind == "own":
        looks = dict(world.coloured() for _ in range(rng.randint(2, 5)))
        for who, (thing, how) in zip(world.people(len(looks)), looks.items(), strict=True):
            told.append(world.say(f"{who} {{has|has got|owns|likes|carries}} {article(how)} {thing}"))
            who_has = f"Who has the {thing}|Who has the {how} {thing}|Whose {thing} is {how}"
            question = world.say(f" {{{who_has}|Which colour is the {thing}}}?")
            asked.append((question, f" {who}'s {thing} is {how}." if "colour" in question else f" {who}."))
    elif kind == "stay":
        stays = {place: animal for animal, place in (world.stay() for _ in range(rng.randint(2, 5)))}
        for place, animal in stays.items():
            told.append(world.say(f"the {animal} {{is|sits|sleeps|plays|stands}} {place}"))
            asked.append((world.say(f" {{Who is|Which animal is|What is}} {place}?"), f" The {animal}."))
    elif kind == "feel":
        events = some_events(world, rng.randint(2, 4))
        names, felt = world.people(len(events) + 1), [words.EVENTS[event] for event in events]
        for who, event, feeling in zip(names, events, felt, strict=False):
            told.append(f"{who} {tell_event(world, event, names[-1])}")
            if felt.count(feeling) == 1:
                asked.append((world.say(f" {{Who feels|Who is|Which of them is}} {feeling}?"), f" {who}."))
    else:
        foods = rng.sample(words.FOODS, rng.randint(2, 4))
        parts = [
            f"{number} {plural(food)}" for number, food in zip(some_numbers(world, len(foods)), foods, strict=True)
        ]
        told.append(f"{world.people(1)[0]} has {listed(parts)}")
        asked += [(f" How many {part.split()[1]}?", f" {part}.") for part in parts]
    rng.shuffle(asked)
    joined = ". ".join(map(capital, told)) if rng.random() < 0.5 else capital(listed(told))
    flat = [part for pair in asked for part in pair]
    return Document(text=(f"{joined}.{flat[0]}", *flat[1:])) if flat else who_list(world)


def some_numbers(world: World, count: int) -> list[int]:
    """Numbers of which every two are a pair of the world's split."""
    while True:
        numbers = world.rng.sample(range(2, LARGEST_ADDEND + 1), count)
        if all(split_of("numbers", *pair) == world.split for pair in itertools.combinations(numbers, 2)):
            return numbers


def some_events(world: World, count: int) -> list[str]:
    """Events of which every two, in order, are a pair of the world's split."""
    while True:
        events = world.rng.sample(list(words.EVENTS), count)
        if all(split_of("events", *pair) == world.split for pair in itertools.combinations(events, 2)):
            return events


def documents(seed: int, shares: dict[str, float] | None = None) -> Iterator[Document]:
    """The training set, without end."""
    world = World(random.Random(seed))
    while True:
        yield document(world, shares)


# ---------------------------------------------------------------- held out

HELD_OUT_COUNTS: dict[str, int] = {"colours": 70, "places": 60, "counting": 60, "sums": 80, "feelings": 60}
HELD_OUT_SEED = 20263


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


def paraphrases(written: Sequence[tuple[str, str, str]] = PARAPHRASES) -> list[Turn]:
    """The questions written by hand, each with its answer. None of them is ever generated (a test sees to it)."""
    known: dict[str, dict[str, str]] = {
        "models": {key: fact.answer for key, fact in MODELS.items()},
        "application": {key: fact.answer for key, fact in APPLICATION.items()},
        "itself": {key: fact.answer for key, fact in facts.SELF.items()},
        "outside": {"": facts.OUTSIDE_ANSWER},
        "chinese": {"": facts.CHINESE_ANSWER},
    }
    return [Turn(category, question, known[category][key]) for category, key, question in written]


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
