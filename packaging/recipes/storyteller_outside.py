"""A wider world that the model does not know: questions about it in many shapes. Data only.

For the end of a training, when the narrower templates of ``storyteller_words`` are known.
"""

from __future__ import annotations

NOUNS: tuple[str, ...] = (
    "war", "treaty", "king", "queen", "empire", "castle", "army", "battle", "revolution", "president", "minister",
    "parliament", "election", "law", "judge", "court", "crime", "police", "prison", "school", "university", "exam",
    "degree", "salary", "job", "boss", "company", "factory", "bank", "loan", "market", "price", "tax", "shop",
    "ticket", "flight", "airport", "hotel", "passport", "border", "visa", "holiday", "beach", "island", "mountain",
    "volcano", "desert", "forest", "glacier", "canyon", "ocean", "wave", "tide", "storm", "hurricane", "flood",
    "cloud", "sky", "rainbow", "snow", "summer", "winter", "planet", "galaxy", "comet", "rocket", "satellite",
    "telescope", "atom", "molecule", "acid", "metal", "crystal", "battery", "engine", "turbine", "bridge", "tunnel",
    "tower", "stadium", "museum", "temple", "church", "statue", "painting", "novel", "poem", "opera", "symphony",
    "guitar", "violin", "piano", "drummer", "singer", "band", "concert", "film", "actor", "director", "camera",
    "recipe", "soup", "sauce", "cheese", "butter", "flour", "sugar", "salt", "pepper", "onion", "tomato", "potato",
    "rice", "noodle", "steak", "salmon", "oven", "pan", "fridge", "doctor", "nurse", "hospital", "pill", "vaccine",
    "fever", "cough", "headache", "allergy", "heart", "lung", "liver", "bone", "muscle", "skin", "brain", "blood",
    "sleep", "diet", "weight", "exercise", "marathon", "football", "tennis", "goalkeeper", "referee", "league",
    "champion", "medal", "coach", "horse", "race", "chess", "whale", "shark", "eagle", "spider", "snake", "lizard",
    "bee", "ant", "dinosaur", "fossil", "flower", "rose", "oak", "seed", "farm", "tractor", "harvest", "lawyer",
    "contract", "insurance", "pension", "marriage", "wedding", "funeral", "religion", "prayer", "holy", "book",
    "ghost", "dragon", "magic", "dream", "phone", "laptop", "printer", "keyboard", "website", "password", "email",
    "browser", "database", "server", "function", "script", "variable", "loop", "bug", "compiler", "algorithm",
    "spreadsheet", "table", "chart", "invoice", "letter", "essay", "speech", "report", "grammar", "verb", "accent",
    "language", "alphabet",
)  # fmt: skip
VERBS: tuple[str, ...] = (
    "build", "win", "lose", "invent", "discover", "end", "begin", "rise", "fall", "die", "live", "fly", "swim", "cook",
    "boil", "freeze", "melt", "burn", "explode", "grow", "repair", "fix", "debug", "sort", "write", "translate", "book",
    "buy", "sell", "rent", "cancel", "order", "recommend", "describe", "draw", "sing", "dance", "play", "teach", "hire",
    "cure", "treat", "prevent", "measure", "calculate", "convert", "solve", "prove", "predict", "elect", "conquer",
)  # fmt: skip
KINDS: tuple[str, ...] = (
    "first", "second", "last", "biggest", "oldest", "fastest", "tallest", "deepest", "best", "cheapest", "longest",
    "famous", "ancient", "modern", "Roman", "Greek", "French", "German", "Chinese", "American", "Russian", "dangerous",
    "healthy", "electric", "wild", "cold", "hot", "blue", "golden", "national", "royal", "civil", "solar", "human",
)  # fmt: skip
NUMBERS: tuple[str, ...] = ("two", "three", "four", "five", "six", "ten", "twenty", "a hundred")

# {n} a noun, {v} a verb, {k} what kind, {c} how many, {name} a name; each is drawn anew.
WIDE_TEMPLATES: tuple[str, ...] = (
    "Who {v} the {k} {n}?", "Who was the {k} {n} of {name}?", "When did the {k} {n} {v}?", "When was the {n} {v}?",
    "Why is the {n} {k}?", "Why do {n}s {v}?", "How do {n}s {v}?", "How does a {n} {v}?",
    "How does a {k} {n} {v} a {n}?", "How {k} is the {n} of {name}?", "How many {n}s does {name} have?",
    "How many {n}s are in a {n}?", "How long does it take to {v} a {n}?", "How much does a {k} {n} cost?",
    "How far is the {n} from the {n}?", "How tall is the {k} {n}?", "What is the {k} {n} in {name}?",
    "What is the {n} of {name}?", "What causes a {n}?", "What did {name} {v} about {n}s?",
    "What does the {n} of {name} look like?", "Which {n} is the {k}?", "Which {n} helps against a {n}?",
    "Which {n} is spoken in {name}?", "Which {n} should I {v}?", "Which {k} {n} is in {name}?",
    "Where is the {k} {n}?", "Where can I {v} a {k} {n}?", "Where do {n}s {v}?", "Name {c} {n}s in {name}.",
    "Name {c} {k} {n}s.", "List {c} {n}s that {v}.", "Give me the {n} of a {k} {n}.",
    "Give me a {n} for {c} people.", "Please {v} my {n}.", "Please {v} a {n} for me.",
    "Can you {v} me a {n} to {name}?", "Can you {v} my {k} {n}?", "Could you {v} a {n} for my {n}?",
    "{v} a {n} in {name} for me.", "{v} the {n} of {name}.", "{v} {c} {n}s for a {n}.", "Should I {v} a {n}?",
    "Is it {k} to {v} a {n}?", "Is the {n} {k} in {name}?", "Are {n}s {k}?", "Do {n}s {v}?",
    "Will the {n} {v} tomorrow?", "Will it {v} in {name} this {n}?", "Did {name} {v} the {k} {n}?",
    "Tell me about the {k} {n}.", "Tell me the {n} of {name}.", "Explain how {n}s {v}.",
    "Explain the {n} of {name}.", "Write a {n} about a {k} {n}.", "Write a {n} that {v}s a {n}.",
    "Draft a {n} for a {n}.", "My {n} is {k}. What should I do?", "I want to {v} a {n}.",
    "I need a {k} {n} for my {n}.", "What happens when {n}s {v}?", "What is a {k} {n} made of?",
    "{name} and the {n}: what happened?", "The {k} {n}, who {v} it?", "Convert {c} {n}s to {n}s.",
    "What is {c} times {c}?",
)  # fmt: skip
