"""The storyteller's questions: one function a category, from a world to a question and its one right answer.

``CATEGORIES`` is the table of them. Where a question tells something first, the answer is to be read from it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

import storyteller_outside as wider
import storyteller_self as facts
import storyteller_words as words
from storyteller_facts import APPLICATION
from storyteller_models import CONCEPT_FRAMES, MODELS, Fact
from storyteller_paraphrases import DEVELOPMENT_PARAPHRASES, PARAPHRASES
from storyteller_world import Turn, World, article, capital, listed, normalised, plural, split_of


def with_context(world: World, context: str, question: str) -> str:
    if question.startswith(("Tell", "Count")):
        question = question.rstrip("?") + "."
    return f"{question} {context}" if world.rng.random() < 0.12 else f"{context} {question}"


def colours(world: World) -> Turn:
    """Who has what, and how it looks: the answer is in the question's own text."""
    rng = world.rng
    owners = world.people(rng.choice((1, 2, 2, 2, 3, 3)))
    looks: list[tuple[str, str]] = []
    while len(looks) < len(owners):
        look = world.coloured() if rng.random() < 0.75 else world.look()
        if look[0] not in [thing for thing, _ in looks] and look[1] not in [how for _, how in looks]:
            looks.append(look)
    own = [
        f"{who} {{has|has got|owns|likes|carries}} {article(how)} {thing}"
        for who, (thing, how) in zip(owners, looks, strict=True)
    ]
    statement = world.say(listed(own) + "." if rng.random() < 0.6 else ". ".join(own) + ".")
    index = rng.randrange(len(owners))
    who, (thing, how) = owners[index], looks[index]
    form = rng.random()
    if form < 0.05:
        who = rng.choice([name for name in words.PEOPLE if name not in owners])
        question, answer = f"What {{colour is {who}'s {thing}|does {who} have}}?", facts.UNKNOWN_ANSWER
    elif form < 0.5 and how in words.COLOURS:
        asked = f"is {who}'s {thing}|is the {thing}|is the {thing} of {who}|does {who}'s {thing} have"
        question = f"{{What|Which}} colour {{{asked}}}?"
        answer = f"{who}'s {thing} is {how}."
    elif form < 0.65:
        question, answer = (
            f"{{What does {who} have|What is {who}'s|Tell me what {who} has}}?",
            f"{who} has {article(how)} {thing}.",
        )
    elif form < 0.85:
        question = f"{{Who has the {thing}|Who has the {how} {thing}|Who has something {how}|Whose {thing} is {how}}}?"
        answer = f"{who} has the {how} {thing}."
    else:
        question = f"{{What is|Which thing is|Tell me what is}} {how}?"
        answer = f"{who}'s {thing} is {how}."
    return Turn("colours", with_context(world, statement, world.say(question)), answer)


def somebody_somewhere(world: World) -> tuple[str, str]:
    """Who is where, of pairs that are not held out: a person anywhere, or an animal beside a thing."""
    rng = world.rng
    beside = f"{rng.choice(('beside', 'behind', 'near', 'under', 'on'))} the {rng.choice(words.THINGS)}"
    if rng.random() < 0.5:
        return rng.choice(words.PEOPLE), rng.choice((rng.choice(words.PLACES), beside))
    return f"the {rng.choice(words.ANIMALS)}", beside


def anyones_places(world: World) -> Turn:
    """As ``places``, with more to be bound: whoever it is has to be read from the question."""
    rng = world.rng
    stays: dict[str, str] = {}
    count = rng.choice((2, 3, 3, 4))
    while len(stays) < count:
        animal, place = world.stay()
        who, where = (f"the {animal}", place) if rng.random() < 0.4 else somebody_somewhere(world)
        if who not in stays and where not in stays.values():
            stays[who] = where
    told = [f"{who} {{is|sits|sleeps|plays|stands}} {where}" for who, where in stays.items()]
    statement = world.say(
        capital(listed(told)) + "." if rng.random() < 0.5 else " ".join(capital(part) + "." for part in told)
    )
    who, where = rng.choice(list(stays.items()))
    if rng.random() < 0.4:
        question = f"{{Where is {who}|Where can I find {who}|In which place is {who}|Tell me where {who} is}}?"
    else:
        question = f"{{Who is|Which animal is|What is|Tell me who is}} {where}?"
    return Turn("places", with_context(world, statement, world.say(question)), f"{capital(who)} is {where}.")


def places(world: World) -> Turn:
    if world.anyone and world.rng.random() < world.anyone:
        return anyones_places(world)
    rng = world.rng
    count = rng.choice((1, 2, 2, 3, 3))
    stays: list[tuple[str, str]] = []
    while len(stays) < count:
        stay = world.stay()
        if all(stay[0] != other[0] and stay[1] != other[1] for other in stays):
            stays.append(stay)
    told = [f"the {animal} {{is|sits|sleeps|plays|stands}} {place}" for animal, place in stays]
    statement = world.say(
        capital(listed(told)) + "." if rng.random() < 0.5 else " ".join(capital(part) + "." for part in told)
    )
    animal, place = rng.choice(stays)
    form = rng.random()
    if form < 0.04:
        other = rng.choice([name for name in words.ANIMALS if name not in [animal for animal, _ in stays]])
        question, answer = f"Where is the {other}?", facts.UNKNOWN_ANSWER
    elif form < 0.6:
        ways = ("Where is NAME", "Where can I find NAME", "In which place is NAME", "Tell me where NAME is")
        question = f"{{{'|'.join(ways)}}}?".replace("NAME", f"the {animal}")
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
        statement = (
            f"{capital(text)} {'are' if len(chosen) > 1 else 'is'} {place}."
            if rng.random() < 0.5
            else (f"{capital(place)} {'there are' if len(chosen) > 1 else 'there is'} {text}.")
        )
        question = (
            "{How many animals are there|How many animals are PLACE|Count the animals|How many are PLACE}?".replace(
                "PLACE", place
            )
        )
        answer = (
            f"There {'are' if len(chosen) > 1 else 'is'} {len(chosen)} {'animals' if len(chosen) > 1 else 'animal'}."
        )
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
    question = world.say(
        f"{{Count|Please count|Count for me|Can you count}} {{from {low} to {high}|up from {low} to {high}}}."
    )
    return Turn("counting", question, ", ".join(str(number) for number in range(low, high + 1)) + ".")


# Ways to ask for a sum; alternatives within alternatives are drawn inner ones first.
_ADD = "|".join(
    (
        "What is {a} {plus|and|+} {b}", "How much is {a} {plus|and|+} {b}", "{a} {plus|+} {b}",
        "Add {a} and {b}", "Please add {a} and {b}", "Can you add {a} and {b}", "What do {a} and {b} make",
    )
)  # fmt: skip
_SUBTRACT = "|".join(
    (
        "What is {a} {minus|less|-} {b}", "How much is {a} {minus|less|-} {b}", "{a} {minus|-} {b}",
        "Take {b} from {a}", "Please take {b} away from {a}", "What is left of {a} without {b}",
    )
)  # fmt: skip


def sums(world: World) -> Turn:
    rng = world.rng
    first, second = world.numbers()
    form = rng.random()
    if form < 0.38:
        return Turn("sums", finish(world, _filled(_ADD, first, second)), plus(first, second))
    if form < 0.62:
        high, low = max(first, second), min(first, second)
        return Turn("sums", finish(world, _filled(_SUBTRACT, high, low)), minus(high, low))
    if form < 0.72:
        return _comparison(world, first, second)
    return _told_sum(world, added=form < 0.88)


def _filled(ways: str, first: int, second: int) -> str:
    return "{" + ways.replace("{a}", str(first)).replace("{b}", str(second)) + "}"


def _comparison(world: World, first: int, second: int) -> Turn:
    while first == second:
        first, second = world.numbers()
    high, low = max(first, second), min(first, second)
    if world.rng.random() < 0.5:
        asked, answer = "{more|larger|bigger}", f"{high} is more than {low}."
    else:
        asked, answer = "{less|smaller}", f"{low} is less than {high}."
    asked = f"{{Which is|What is|Which number is}} {asked}, {first} or {second}"
    return Turn("sums", finish(world, asked), answer)


def _told_sum(world: World, *, added: bool) -> Turn:
    """A sum about somebody's food, or the asker's own."""
    food, who = plural(world.rng.choice(words.FOODS)), world.rng.choice((*words.PEOPLE, "I"))
    first, second = world.numbers(2)
    mine = who == "I"
    have, do = ("have", "do") if mine else ("has", "does")
    if added:
        gets = "{get|find|buy}" if mine else "{gets|finds|buys}"
        text = f"{who} {have} {first} {food} and {gets} {second} more. How many {food} {do} {who} have{{| now}}?"
        owner = "you have" if mine else f"{who} has"
        return Turn("sums", world.say(text), f"{plus(first, second)[:-1]}, so {owner} {first + second} {food}.")
    high, low = max(first, second), min(first, second)
    gives = "{give away|lose|eat}" if mine else "{gives away|loses|eats}"
    asked = f"How many {food} {{{do} {who} have now|are left}}?"
    text = f"{who} {have} {high} {food} and {gives} {low}. {asked}"
    return Turn("sums", world.say(text), f"{minus(high, low)[:-1]}, so {high - low} {food} are left.")


def finish(world: World, question: str) -> str:
    """Draws the alternatives and ends the question as a person might."""
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
        question, answer = (
            f"{{How does {who} feel|How is {who} feeling|What does {who} feel|How will {who} feel}}{{| now}}?",
            f"{who} feels {feeling}.",
        )
    elif form < 0.8:
        question, answer = (
            f"{{Who feels {feeling}|Who is {feeling}|Which of them is {feeling}}}?",
            f"{who} feels {feeling}.",
        )
    else:
        question, answer = (
            f"{{Why is {who} {feeling}|Why does {who} feel {feeling}}}?",
            f"{who} is {feeling} because {who} {told[index]}.",
        )
    return Turn("feelings", with_context(world, statement, world.say(question)), answer)


def tell_event(world: World, event: str, friend: str) -> str:
    thing, colour = world.coloured()
    return event.format(thing=f"{colour} {thing}", friend=friend, animal=world.rng.choice(words.ANIMALS))


# Questions written by hand, which are for measuring: no training question is one of them.
WRITTEN = frozenset(normalised(question) for _, _, question in (*PARAPHRASES, *DEVELOPMENT_PARAPHRASES))


def unwritten(make: Callable[[World], Turn]) -> Callable[[World], Turn]:
    """The same questions, without those that were written by hand for measuring."""

    def made(world: World) -> Turn:
        while normalised((turn := make(world)).question) in WRITTEN:
            pass
        return turn

    return made


def ask_fact(world: World, fact: Fact, frames: Sequence[str] = (), *, blur: bool = True) -> str:
    """One of the ways to ask for a fact. ``blur``: in some of them the small words may be others, or missing."""
    rng = world.rng
    ways = list(fact.ways)
    named = bool(fact.names) and (not ways or rng.random() < 0.8)
    blur = blur and rng.random() < world.blur
    if named and blur and rng.random() < 0.6:
        question = surrounded(rng, rng.choice(fact.names))
    else:
        question = world.say(rng.choice(frames if named else ways))
        question = question.replace("{x}", rng.choice(fact.names)) if named else question
        question = re.sub(r"([?.!])[?.!]+$", r"\1", question)
        question = blurred(rng, question) if blur else question
    chance = rng.random()
    if chance < 0.15:
        question = world.say(rng.choice(words.OPENINGS)) + question
    elif chance < 0.25:
        question = question.rstrip(".?!") + world.say(rng.choice(words.ENDINGS))
    elif chance < 0.31:
        question = question.rstrip(".?!") if rng.random() < 0.5 else question.lower()
    question = capital(question) if rng.random() < 0.97 else question
    return as_typed(question) if world.typed and rng.random() < world.typed else question


def as_typed(question: str) -> str:
    """As people type who are in a hurry."""
    return question.lower().rstrip("?!. ") or question


def surrounded(rng: random.Random, name: str) -> str:
    """The name of a thing among words that say nothing of it: the name alone has to be enough."""
    before = rng.choices(words.EVERYDAY, k=rng.randint(0, 6))
    after = rng.choices(words.EVERYDAY, k=rng.randint(0, 4))
    if rng.random() < 0.1:
        before.append(nonsense(rng))
    return " ".join((*before, name, *after)) + rng.choice(("?", "?", "?", ".", ""))


def blurred(rng: random.Random, question: str) -> str:
    """The question with some of its small words dropped or exchanged: what is asked about has to be enough."""
    made = []
    for word in question.split():
        if word.lower().strip("?.,") in words.SMALL_WORDS and rng.random() < 0.4:
            made += rng.choice(([], [], [rng.choice(words.SMALL_WORDS)], [word, rng.choice(words.SMALL_WORDS)]))
        else:
            made.append(word)
    return " ".join(made) if len(made) > 1 else question


@unwritten
def models(world: World) -> Turn:
    fact = world.rng.choice(list(MODELS.values()))
    return Turn("models", ask_fact(world, fact, CONCEPT_FRAMES), fact.answer)


@unwritten
def application(world: World) -> Turn:
    fact = world.rng.choice(list(APPLICATION.values()))
    return Turn("application", ask_fact(world, fact, CONCEPT_FRAMES), fact.answer)


@unwritten
def itself(world: World) -> Turn:
    fact = world.rng.choice(list(facts.SELF.values()))
    return Turn("itself", ask_fact(world, fact, blur=False), fact.answer)


def nonsense(rng: random.Random) -> str:
    """A word that nobody knows, so that an unknown word itself comes to mean: outside."""
    starts, middles = ("b", "br", "c", "d", "f", "gl", "h", "k", "m", "n", "p", "pr", "s", "st", "t", "v", "z"), "aeiou"
    ends = ("n", "r", "st", "l", "m", "tion", "ng", "x", "ck", "ment", "phy", "ism", "ler", "")
    return "".join(rng.choice(starts) + rng.choice(middles) for _ in range(rng.randint(1, 3))) + rng.choice(ends)


def wide_question(rng: random.Random) -> str:
    """A question about the wider world, each of its words drawn anew."""
    draws: dict[str, Sequence[str]] = {
        "n": wider.NOUNS, "v": wider.VERBS, "k": wider.KINDS, "c": wider.NUMBERS, "name": words.OUTSIDE_NAMES,
    }  # fmt: skip
    template = rng.choice(wider.WIDE_TEMPLATES)
    return capital(re.sub(r"\{(\w+)\}", lambda slot: rng.choice(draws[slot[1]]), template))


@unwritten
def outside(world: World) -> Turn:
    rng = world.rng
    if world.wide and rng.random() < world.wide:
        return Turn("outside", wide_question(rng), facts.OUTSIDE_ANSWER)
    made = [nonsense(rng), nonsense(rng)]
    names = [rng.choice((*words.OUTSIDE_NAMES, made[0].title())) for _ in range(2)]
    topics = [rng.choice((*words.OUTSIDE_TOPICS, *made)) for _ in range(2)]
    question = rng.choice(words.OUTSIDE_TEMPLATES).format(
        name=names[0],
        name2=names[1],
        topic=topics[0],
        topic2=topics[1],
        verb=rng.choice(words.OUTSIDE_VERBS),
        work=rng.choice(words.OUTSIDE_WORKS),
        nonsense=made[0],
        nonsense2=made[1],
        year=rng.randint(100, 2030),
        year2=rng.randint(100, 2030),
    )
    question = capital(question)
    if world.typed and rng.random() < world.typed:
        question = as_typed(question)
    return Turn("outside", question, facts.OUTSIDE_ANSWER)


@unwritten
def chinese(world: World) -> Turn:
    rng = world.rng
    if rng.random() < 0.15:
        fact = rng.choice(list(facts.CHINESE.values()))
        return Turn("chinese", world.say(rng.choice(fact.ways)), fact.answer)
    made = "".join(rng.choice(words.CHINESE_CHARACTERS) for _ in range(rng.randint(2, 6)))
    question = rng.choice(words.CHINESE_TEMPLATES).format(
        name=rng.choice(words.CHINESE_NAMES),
        name2=rng.choice(words.CHINESE_NAMES),
        nonsense=made,
        topic=rng.choice((*words.CHINESE_TOPICS, made[:2])),
        topic2=rng.choice(words.CHINESE_TOPICS),
        year=rng.randint(1000, 2030),
        year2=rng.randint(10, 99),
    )
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
