"""The small world's words: people, things, animals, places, colours and feelings that the storyteller draws from, and
the words that mark a question as being outside it. Data only.
"""

from __future__ import annotations

PEOPLE: tuple[str, ...] = (
    "Tom", "Mia", "Ben", "Ann", "Sam", "Lily", "Max", "Zoe", "Leo", "Eva", "Jack", "Nora",
    "Finn", "Ruth", "Omar", "Ida", "Paul", "Kim", "Hugo", "Rosa", "Adam", "Vera", "Noah", "Lena",
)  # fmt: skip
COLOURS: tuple[str, ...] = ("red", "blue", "green", "yellow", "white", "black", "brown", "pink", "grey", "purple")
SIZES: tuple[str, ...] = ("big", "small", "old", "new", "soft", "heavy")
THINGS: tuple[str, ...] = (
    "kite", "ball", "book", "hat", "cup", "drum", "bag", "boat", "lamp", "key", "bell", "box", "coat", "doll", "spoon",
    "chair", "bike", "scarf", "shoe", "ring", "brush", "clock", "flag", "train", "robot", "plate", "pencil", "blanket",
)  # fmt: skip
FOODS: tuple[str, ...] = ("apple", "pear", "plum", "cake", "nut", "egg", "carrot", "lemon")
ANIMALS: tuple[str, ...] = (
    "cat", "dog", "fox", "bear", "duck", "hen", "cow", "horse", "mouse", "frog", "bird", "sheep", "rabbit", "goat",
    "turtle", "pig",
)  # fmt: skip
PLACES: tuple[str, ...] = (
    "in the garden", "in the house", "in the park", "in the forest", "in the barn", "in the kitchen", "at the lake",
    "at the school", "at the market", "on the hill", "on the roof", "on the bed", "under the table", "under the tree",
    "behind the door", "near the river",
)  # fmt: skip
PLURALS: dict[str, str] = {"mouse": "mice", "sheep": "sheep", "box": "boxes", "brush": "brushes", "goose": "geese"}

# What happens to somebody, and how that feels. {thing} becomes a coloured thing, {animal} an animal, {friend} a person.
EVENTS: dict[str, str] = {
    "lost a {thing}": "sad", "broke a {thing}": "sad", "missed {friend}": "sad",
    "had to say goodbye to {friend}": "sad",
    "could not find the {animal}": "sad", "was told that the trip was off": "sad",
    "got a {thing} as a present": "happy", "won a race": "happy", "found a {thing}": "happy",
    "played with the {animal} all day": "happy", "ate a big cake with {friend}": "happy", "sang a song": "happy",
    "heard a loud noise at night": "scared", "saw a big shadow": "scared", "got lost in the dark": "scared",
    "met a wild {animal}": "scared", "was alone in a storm": "scared", "climbed too high": "scared",
    "saw {friend} take the {thing}": "angry", "was pushed by {friend}": "angry", "was called a bad name": "angry",
    "found the {thing} in the mud": "angry", "had to wait for nothing": "angry", "was blamed by mistake": "angry",
    "ran a very long way": "tired", "worked all day": "tired", "did not sleep last night": "tired",
    "carried a {thing} up the hill": "tired", "stayed up too late": "tired", "swam across the lake": "tired",
    "built a tall tower alone": "proud", "learned to read": "proud", "helped {friend} with a sum": "proud",
    "finished a hard puzzle": "proud", "taught the {animal} a trick": "proud", "painted a {thing}": "proud",
    "opened the door and everybody was there": "surprised", "found the {animal} in the bed": "surprised",
    "got a letter from {friend}": "surprised", "saw the {animal} dance": "surprised",
    "saw snow in summer": "surprised", "heard the {animal} talk": "surprised",
}  # fmt: skip

# Words that say nothing of what is asked: they stand around the words that do.
EVERYDAY: tuple[str, ...] = (
    "a", "about", "actually", "after", "again", "all", "almost", "also", "always", "am", "an", "and", "any",
    "anybody", "anyone", "anything", "are", "as", "ask", "at", "away", "be", "because", "been", "before",
    "beginner", "being", "best", "better", "between", "bit", "both", "briefly", "but", "by", "call", "called",
    "came", "can", "care", "clear", "clearly", "come", "could", "curious", "day", "did", "different", "do", "does",
    "doing", "done", "each", "early", "easy", "either", "else", "english", "even", "ever", "every", "everybody",
    "exactly", "example", "expert", "explain", "explained", "few", "find", "first", "for", "forget", "forgot",
    "friend", "from", "full", "further", "gave", "get", "give", "given", "go", "going", "good", "got", "great",
    "had", "happen", "happens", "hard", "has", "have", "he", "hear", "heard", "help", "her", "here", "him", "his",
    "how", "i", "idea", "if", "imagine", "important", "in", "instead", "interesting", "into", "is", "it", "its",
    "just", "keep", "kind", "kindly", "know", "known", "last", "later", "learn", "learned", "less", "lesson", "let",
    "like", "line", "little", "long", "look", "lot", "made", "main", "make", "many", "matter", "may", "maybe", "me",
    "mean", "meaning", "means", "meant", "might", "mind", "moment", "more", "most", "much", "must", "my", "myself",
    "name", "need", "never", "new", "next", "nice", "no", "not", "nothing", "now", "of", "often", "on", "once",
    "one", "only", "or", "other", "our", "out", "over", "own", "page", "part", "people", "perhaps", "person",
    "place", "plain", "please", "point", "probably", "purpose", "question", "quick", "quickly", "quite", "rather",
    "read", "reading", "really", "reason", "remember", "right", "said", "same", "saw", "say", "saying", "see",
    "seem", "seems", "sentence", "several", "she", "short", "should", "show", "simple", "simply", "since", "so",
    "some", "somebody", "someone", "something", "sometimes", "soon", "sort", "speak", "start", "still", "story",
    "student", "such", "sure", "take", "talk", "teach", "teacher", "tell", "term", "than", "thank", "that", "the",
    "their", "them", "then", "there", "these", "they", "thing", "things", "think", "this", "those", "though",
    "thought", "time", "to", "today", "together", "told", "too", "topic", "tried", "true", "try", "two", "under",
    "understand", "understood", "until", "up", "us", "use", "used", "useful", "usually", "very", "want", "wanted",
    "was", "way", "we", "well", "went", "were", "what", "when", "where", "whether", "which", "while", "who",
    "whole", "why", "will", "wish", "with", "without", "wonder", "wondering", "word", "words", "work", "world",
    "would", "write", "writing", "yes", "yesterday", "yet", "you", "your",
)  # fmt: skip

# Words that carry little of what a question is about.
SMALL_WORDS: tuple[str, ...] = (
    "how", "do", "i", "can", "what", "is", "the", "a", "to", "my", "tell", "me", "please", "does", "it", "where",
    "which", "would", "could", "you", "should", "for", "this", "that", "about", "with", "and", "on", "in", "of",
    "there", "be", "want", "know", "say", "way", "one", "go", "now", "some", "will", "was", "need", "any",
)  # fmt: skip

# What people say before and after a question.
OPENINGS: tuple[str, ...] = (
    "Please tell me: ", "I have a question. ", "One more thing: ", "{Hey|Hi|Hello}{!|,} ", "Quick question: ",
    "{Sorry|Excuse me|Well|OK|So|And|Now|Please|Tell me|Oh}, ", "{So|And|Now|But|Then} ", "Just curious: ",
    "By the way, ", "I am {new|curious|lost|confused}. ", "{In one sentence|In short|For a beginner|In simple words}, ",
    "{Maybe|Perhaps} you know: ", "{Could|Can|Would} you {please |kindly |}{say|tell me|answer}: ",
    "I {wonder|wondered|was wondering|would like to ask|want to ask|need to know}{:|,} ", "My {friend|teacher} asks: ",
    "{First|Next|Also|Again}{:|,} ", "Do you know: ", "Help me with this: ", "I {do not know|forgot}: ",
)  # fmt: skip
ENDINGS: tuple[str, ...] = (
    ", please.", " please?", ", please?", " exactly?", " in simple words?", " in one sentence?", " for a beginner?",
    ", do you know?", " again?", " then?", " now?", " here?", ", I wonder.", " thanks.", "? Thank you.", "? Please.",
    "? I am new.", "? I do not know.", "? Just tell me.", " really?", " anyway?", "? Tell me.", " today?", "!", "...",
)  # fmt: skip

# ------------------------------------------------------------------ outside the world

OUTSIDE_NAMES: tuple[str, ...] = (
    "France", "Japan", "Brazil", "Egypt", "Canada", "Norway", "Kenya", "Italy", "Spain", "India", "Chile", "Poland",
    "London", "Paris", "Berlin", "Tokyo", "Cairo", "Madrid", "Sydney", "Rome", "Texas", "Africa", "Asia", "Europe",
    "Shakespeare", "Newton", "Einstein", "Napoleon", "Mozart", "Caesar", "Picasso", "Darwin", "Plato", "Homer",
    "Jupiter", "Mars", "Saturn", "Venus", "the moon", "the sun", "the ocean", "the Amazon", "the desert",
)  # fmt: skip
OUTSIDE_TOPICS: tuple[str, ...] = (
    "football", "tennis", "chess", "hockey", "golf", "politics", "elections", "history", "economics", "inflation",
    "taxes", "insurance", "mortgages", "shares", "bitcoin", "medicine", "vaccines", "cancer", "diabetes", "headaches",
    "photosynthesis", "gravity", "relativity", "quantum physics", "electricity", "volcanoes", "dinosaurs", "genetics",
    "philosophy", "religion", "law", "contracts", "divorce", "cooking", "pizza", "sushi", "bread", "coffee", "wine",
    "cars", "engines", "airplanes", "rockets", "satellites", "phones", "laptops", "printers", "websites", "databases",
    "spreadsheets", "passwords", "music", "jazz", "opera", "guitars", "films", "novels", "poetry", "painting",
    "travel", "hotels", "visas", "weather", "climate", "earthquakes", "oil", "steel", "gold", "diamonds", "fashion",
    "marriage", "grammar", "Latin", "Spanish", "French", "German", "Arabic", "algebra", "geometry", "calculus",
    "statistics", "chemistry", "biology", "whales", "sharks", "lions", "elephants", "penguins", "spiders", "bees",
)  # fmt: skip
OUTSIDE_VERBS: tuple[str, ...] = (
    "cook", "fix", "repair", "buy", "sell", "paint", "clean", "build", "grow", "bake", "drive", "translate", "invent",
    "discover", "measure", "invest in", "apply for", "cure", "treat", "photograph", "cancel", "book", "visit",
)  # fmt: skip
OUTSIDE_WORKS: tuple[str, ...] = (
    "a poem", "an essay", "a SQL query", "a Python script", "a speech", "a letter", "an email", "a recipe", "a report",
    "a joke", "a function", "a JavaScript program", "a contract", "a summary", "a haiku", "a sonnet", "a review",
    "a regular expression", "a shell command", "a class in Java", "a business plan", "an HTML page", "a tweet",
)  # fmt: skip
OUTSIDE_TEMPLATES: tuple[str, ...] = (
    "What is the capital of {name}?", "How many people live in {name}?", "Who is the president of {name}?",
    "Who was {name}?", "Tell me about {name}.", "Where is {name}?", "How far is {name}?", "How old is {name}?",
    "Who won the {topic} match in {year}?", "Who won the {year} world cup?", "What happened in {year}?",
    "What happened in {name} in {year}?", "Who invented {topic}?", "What do you think about {topic}?",
    "Explain {topic} to me.", "How do I {verb} {topic}?", "How do I {verb} a {nonsense}?", "How does {topic} work?",
    "Why is {topic} important?", "Is {topic} better than {topic2}?", "Give me advice about {topic}.",
    "Write {work} about {topic}.", "Write me {work}.", "Can you write {work} for {name}?", "Please write {work}.",
    "Write {work} that sorts a table.", "What is the best way to {verb} {topic}?", "What is the price of {topic}?",
    "What is the weather in {name}?", "What time is it in {name}?", "What is the news about {topic}?",
    "Translate this into {topic}.", "How do you say {nonsense} in {topic}?", "What does {nonsense} mean?",
    "What is a {nonsense}?", "What is {nonsense}?", "Who is {nonsense}?", "Where can I {verb} {topic}?",
    "Do you know {name}?", "Do you like {topic}?", "Tell me a fact about {topic}.", "Tell me about {topic}.",
    "What is {topic}?", "What are {topic}?", "When did {name} begin?", "When was {name} born?", "Why did {name} fall?",
    "How much does {topic} cost?", "Which is the best book about {topic}?", "I need help with {topic}.",
    "Solve the equation {year}x = {year2}.", "What is {year} times {year2}?", "What is the square root of {year}?",
    "Should I {verb} {topic}?", "Who wrote the book about {name}?", "What language do they speak in {name}?",
    "Recommend a film about {topic}.", "What is the meaning of life?", "Is there life on {name}?",
    "{nonsense} {nonsense2} {nonsense}?", "{nonsense}", "Explain the difference between {topic} and {topic2}.",
    "Help me {verb} my {nonsense}.", "Can you {verb} {topic} for me?", "Give me {work}.", "List ten facts on {topic}.",
    "Compare {name} with {name2}.", "Which team plays in {name}?", "What should I know about {topic} in {name}?",
)  # fmt: skip

CHINESE_NAMES: tuple[str, ...] = (
    "北京",
    "上海",
    "法国",
    "日本",
    "巴西",
    "长城",
    "黄河",
    "月亮",
    "太阳",
    "火星",
    "李白",
    "牛顿",
    "孔子",
    "杭州",
    "欧洲",
    "非洲",
)
CHINESE_TOPICS: tuple[str, ...] = (
    "足球",
    "历史",
    "数学",
    "物理",
    "音乐",
    "电影",
    "经济",
    "股票",
    "天气",
    "汽车",
    "手机",
    "电脑",
    "医学",
    "法律",
    "茶",
    "咖啡",
    "米饭",
    "饺子",
    "书",
    "诗",
    "英语",
    "语法",
    "飞机",
    "火车",
    "大熊猫",
    "鱼",
    "花",
    "树",
    "房子",
    "钱",
    "工作",
    "学校",
    "政治",
    "哲学",
    "地震",
    "海洋",
    "春节",
    "旅游",
    "签证",
    "感冒",
    "程序",
    "数据库",
    "人工智能",
    "神经网络",
    "模型",
    "猫",
    "狗",
)
CHINESE_TEMPLATES: tuple[str, ...] = (
    "{name}在哪里？",
    "{name}有多少人？",
    "{topic}是什么？",
    "什么是{topic}？",
    "你喜欢{topic}吗？",
    "你知道{name}吗？",
    "请介绍一下{name}。",
    "请解释{topic}。",
    "怎么学{topic}？",
    "如何做{topic}？",
    "为什么{topic}很重要？",
    "{topic}多少钱？",
    "今天{name}的{topic}怎么样？",
    "谁发明了{topic}？",
    "给我讲讲{topic}。",
    "帮我写一篇关于{topic}的文章。",
    "写一首关于{name}的诗。",
    "{topic}和{topic2}有什么区别？",
    "{year}年发生了什么？",
    "谁赢了{year}年的比赛？",
    "你能帮我{topic}吗？",
    "{name}的首都是哪里？",
    "我想买{topic}。",
    "请翻译这句话。",
    "推荐一部关于{topic}的电影。",
    "{nonsense}",
    "{nonsense}？",
    "{nonsense}是什么意思？",
    "你会{nonsense}吗？",
    "我想知道{nonsense}。",
    "现在几点了？",
    "告诉我{topic}的{nonsense}。",
    "{name}和{name2}哪个大？",
    "怎么{nonsense}{topic}？",
    "{topic}好吗？",
    "给我一个{topic}的例子。",
    "{year}加{year2}是多少？",
)
CHINESE_CHARACTERS = (
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天"
    "如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从知使想点水车高山门花鸟风雨雪火木金土"
    "春夏秋冬东西南北红黄蓝白黑快慢买卖吃喝走跑听读写唱跳开关新旧长短远近早晚爱笑哭问答做找给送信票路站店园河海湖"
)
