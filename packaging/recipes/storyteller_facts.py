"""What the storyteller knows by heart about the application and about itself, and its fixed answers. Data only.

A way to ask may hold alternatives, ``{stop|halt} a reply``; one of them is drawn.
"""

from __future__ import annotations

from storyteller_models import Fact

_HOW = "{How do I|How can I|What is the way to|Tell me how to|Show me how to|I want to|Please help me to|Can I}"
APPLICATION: dict[str, Fact] = {
    "what": Fact(
        "Big Model Studio is a desktop application to chat with models, classify pictures and train models.",
        ("Big Model Studio", "this application", "this app", "this program", "the studio"),
        (
            "What {can I do|does one do} {here|with this app|in this application}?",
            "What is this {app|program} for?",
            "Where am I?",
            "What {can|does} {Big Model Studio|this application} do?",
        ),
    ),
    "train": Fact(
        "Open the Train page, choose a model and your data, and press Start.",
        (),
        (
            _HOW + " {train|teach} {a|my|my own|a new} {model|network}{?| here?| in this app?}",
            "Where do I {train|start training} {a|my} model?",
            "How does one start {training|a training run}?",
            "{How do I start|Start} a {training|run}{?|.}",
        ),
    ),
    "chat": Fact(
        "Open the Chat page, choose a model and write your message.",
        (),
        (
            _HOW + " {chat|talk|speak} {with|to} {a|the|this} model{?| here?}",
            "Where {do|can} I {chat|talk to a model}?",
            "How do I start a {chat|conversation}?",
            _HOW + " {ask|write to} a model{?| something?}",
        ),
    ),
    "send": Fact(
        "Press Enter to send a message.",
        (),
        (
            _HOW + " {send|submit} {a|my|the} {message|question|text}?",
            "{Which|What} key sends {a|my|the} {message|question}?",
            "How is a message sent?",
            "What does Enter do{?| in the chat?}",
            "What do I press to send{?| a message?}",
        ),
    ),
    "newline": Fact(
        "Press Shift and Enter to start a new line.",
        (),
        (
            _HOW + " {break|start|add|insert} a {new |}line{?| in my message?}",
            "{Which|What} key{s|} {makes|breaks} a new line?",
            "What does Shift+Enter do?",
            "How do I write {two|several|more} lines?",
        ),
    ),
    "stop reply": Fact(
        "Press Esc to stop a reply.",
        (),
        (
            _HOW + " {stop|halt|interrupt|cancel} {a|the|this} {reply|answer|response}?",
            "{Which|What} key {stops|cancels|halts} {a|the} {reply|answer}?",
            "What does {Esc|Escape} do?",
            "The {reply|answer} is too long. How do I {stop|end} it?",
            "{How do I make|Make} the model stop {talking|writing}{?|.}",
        ),
    ),
    "regenerate": Fact(
        "Press the button Regenerate under a reply to get another one.",
        (),
        (
            _HOW + " {get|ask for|have} {another|a new|a different} {reply|answer}?",
            _HOW + " {regenerate|repeat} {a|the} {reply|answer}?",
            "I do not like the {reply|answer}. What {now|can I do}?",
        ),
    ),
    "drop picture": Fact(
        "Drop the picture on the Images page.",
        (),
        (
            "Where {do|can|should} I {drop|put|place|drag} {a|my|the} {picture|image|photo}?",
            _HOW + " {open|add|load|drop} {a|my} {picture|image|photo}?",
            "Where do {pictures|images} go?",
        ),
    ),
    "classify": Fact(
        "Open the Images page, drop a picture and read what the model sees in it.",
        (),
        (
            _HOW + " {classify|recognise|label} {a|my|the} {picture|image|photo|pictures}?",
            "How does the app {recognise|classify} a {picture|photo}?",
            "What does the Images page do?",
            "Can {this app|the studio} {see|recognise} {pictures|photos}?",
        ),
    ),
    "internet": Fact(
        "No, Big Model Studio works without the internet.",
        (),
        (
            (
                "{Do I|Does it|Does this app|Does the studio|Does Big Model Studio} need "
                "{the |an |}internet{?| connection?}"
            ),
            "Can I {use|run} {it|this app|the studio} {offline|without internet|without a network}?",
            "Does {it|this} work offline?",
            "{Must|Should} I be online?",
            "Is {the |an |}internet {connection |}{needed|required}?",
        ),
    ),
    "gpu": Fact(
        "No, a GPU is not needed, but one is used if it is found.",
        (),
        (
            "{Do I|Does it|Does this app|Does the studio|Does Big Model Studio} need a {GPU|graphics card}?",
            "Is a {GPU|graphics card} {needed|required|necessary}?",
            "{Must|Should} I {have|buy} a {GPU|graphics card}?",
            "Can I {train|run models|use it} {without a GPU|on a CPU}?",
            "Does it {run|work} without a GPU?",
            "Will it use my GPU?",
        ),
    ),
    "privacy": Fact(
        "No, nothing is sent anywhere, and all of your data stays on your machine.",
        (),
        (
            "{Is|Will} my {data|text|chat} {sent|be sent} {away|anywhere|to a server}?",
            "{Does|Do} {it|you|this app} {send|upload} my {data|chats|files}?",
            "Do you {share|upload|sell} my {data|messages}?",
            "Does {anyone|somebody} {see|read} my {chats|data|messages}?",
        ),
    ),
    "cost": Fact(
        "Big Model Studio is free and its code is open.",
        (),
        (
            "{How much does|What does} {it|this app|Big Model Studio} cost?",
            "Is {it|this app|the studio} free?",
            "Do I have to pay{?| for this?}",
            "Is the code open?",
            "What is the {price|licence} of {this app|Big Model Studio}?",
        ),
    ),
    "download": Fact(
        "Open the Models page, search for a model and press Download.",
        (),
        (
            _HOW + " {download|get|fetch|find} {a|another|a bigger|more} model{s|}?",
            "Where {can|do} I {download|find|get} {models|a model|other models}?",
            "Where are {the |other |}models?",
            "What is on the Models page?",
        ),
    ),
    "describe": Fact(
        "Open the Models page and click a model to see its layers and parameters.",
        (),
        (
            _HOW + " {see|view|inspect} the {layers|parameters|structure} of a model?",
            "Where {can I see|are} the layers of a model?",
            "How do I look inside a model?",
        ),
    ),
    "fit": Fact(
        "The Models page shows for every model whether it fits into your memory.",
        (),
        (
            "Will {a|this|the} model fit{?| into my memory?| on my machine?}",
            "How do I know {whether|if} a model fits?",
            "Is my {memory|machine} {big enough|large enough}{?| for a model?}",
            "How much memory does a model need?",
        ),
    ),
    "watch": Fact(
        "The Train page draws the loss while a run is training.",
        (),
        (
            _HOW + " {watch|follow|see} {a run|the training|the loss|the curve|my training}?",
            "Where {is|do I see} the {loss|curve|loss curve}?",
            "Where can I {watch|follow} {a run|my training}?",
        ),
    ),
    "stop run": Fact(
        "Press Stop on the Train page, and the run is saved first.",
        (),
        (
            _HOW + " {stop|end|halt|cancel} {a run|the training|my training|training}?",
            "Where do I stop {a run|the training}?",
        ),
    ),
    "resume": Fact(
        "Open the run on the Train page and press Resume.",
        (),
        (
            _HOW + " {resume|continue|go on with|restart} {a run|the training|my training|a stopped run}?",
            "Can a {stopped|paused} run {go on|continue}?",
        ),
    ),
    "close window": Fact(
        "A run keeps going when you close the window.",
        (),
        (
            "What happens {to a run |to my training |}{if|when} I close the {window|app}?",
            "{Can|May} I close the {window|app} {during|while} training?",
            "Does {training|a run} {stop|end} when I close the {window|app}?",
        ),
    ),
    "compare": Fact(
        "Select two runs on the Train page to compare their curves.",
        (),
        (_HOW + " compare {runs|two runs|curves|two trainings}?", "Where {can|do} I compare {runs|my runs|trainings}?"),
    ),
    "serve": Fact(
        "Open the Deploy page and press Start server to share a model with other programs.",
        (),
        (
            _HOW + " {serve|deploy|share} {a|my} model?",
            "Where is the server?",
            "What is {the |}Deploy {page |}for?",
            "How do other programs use my model?",
            _HOW + " start {a|the} server?",
        ),
    ),
    "export": Fact(
        "Open the Deploy page, choose a format and press Export.",
        (),
        (
            _HOW + " export {a|my|the} model?",
            "Where {can|do} I export {a|my} model?",
            "How do I {save|get} my model {in another format|as a file}?",
        ),
    ),
    "temperature setting": Fact(
        "Change the temperature in the settings beside the chat.",
        (),
        (
            _HOW + " {change|set|lower|raise} the temperature?",
            "Where {is|do I find|can I change} the temperature {setting|slider}?",
            "Where are the {chat|sampling} settings?",
        ),
    ),
    "dark": Fact(
        "Open Settings and choose Light, Dark or System.",
        (),
        (
            _HOW + " {get|turn on|use|switch on} {dark mode|the dark theme|a dark window}?",
            "Is there a dark {mode|theme}?",
            _HOW + " change the {theme|look|colours of the window}?",
        ),
    ),
    "starters": Fact(
        "Two small models come with it: starter-gpt for chat and starter-resnet for pictures.",
        (),
        (
            "{Which|What} models {come with|are in|are included in} {it|this app|the studio}?",
            "{Which|What} models are {built in|bundled|included}?",
            "Do I get {any|some} models with it?",
            "What is starter-resnet?",
        ),
    ),
    "systems": Fact(
        "It is written for Linux, macOS and Windows.",
        (),
        (
            "{Which|What} systems does {it|this app} {run on|support}?",
            "Does {it|this app} {run|work} on {Linux|Windows|macOS|a Mac}?",
            "Can I use it on {Linux|Windows|a Mac}?",
        ),
    ),
    "files": Fact(
        "Plain text files and folders of pictures can be used for training.",
        (),
        (
            "{Which|What} {files|data} can I {use|train on|use for training}?",
            "What {kind of |}data {do I need|is needed}{?| for training?}",
            "Can I train on my own {text|pictures|files}?",
        ),
    ),
}

SELF: dict[str, Fact] = {
    "who": Fact(
        "I am starter-gpt, a small model that comes with Big Model Studio.",
        (),
        (
            "{Who|What} are you?",
            "What is your name?",
            "Do you have a name?",
            "Introduce yourself{.| please.}",
            "What is starter-gpt?",
            "{Tell|Say} {me |}{who|what} you are.",
            "Who am I {talking|speaking} {to|with}?",
            "{Are you|You are} a {model|robot|program}?",
        ),
    ),
    "maker": Fact(
        "I was made by the people of Big Model Studio, from scratch.",
        (),
        (
            "Who {made|built|trained|created|wrote} you?",
            "Where do you come from?",
            "Who is your {maker|creator|author}?",
            "By whom were you {made|built|trained}?",
            "Tell me who {made|trained} you.",
        ),
    ),
    "size": Fact(
        "I have about 2 million parameters, which is very small.",
        (),
        (
            "How {many parameters|many weights|much memory} do you have?",
            "How {big|large|small} are you?",
            "What {is|about} your size?",
            "Tell me {your size|how big you are}.",
            "Are you a {big|large|small} model?",
        ),
    ),
    "kind": Fact(
        "I am a GPT: a transformer with dense and local attention in turn.",
        (),
        (
            "What {kind|sort|type} of model are you?",
            "What is your architecture?",
            "How are you built?",
            "How do you work{?| inside?}",
            "Are you a {transformer|GPT}?",
            "Which architecture do you {have|use}?",
        ),
    ),
    "data": Fact(
        "I learned from stories and dialogues that a program made up.",
        (),
        (
            "What {data|text|texts} {were you trained on|did you learn from|did you read}?",
            "{How|From what} did you learn?",
            "What is your training data?",
            "What have you {read|learned}?",
        ),
    ),
    "can": Fact(
        "I can tell short stories, answer questions about a small world, and explain models.",
        (),
        (
            "What can you do{?| for me?}",
            "What {are|is} you {good at|able to do}?",
            "How can you help{?| me?}",
            "What do you know{?| about?}",
            "What should I ask you?",
            "{Give me|Tell me} an {idea|example} of what I can ask.",
            "Help!",
            "Help me.",
        ),
    ),
    "cannot": Fact(
        "I am small: I make mistakes, and I know nothing outside my small world.",
        (),
        (
            "What can you not do?",
            "What are your {limits|weaknesses}?",
            "Do you make mistakes?",
            "{Can|Should} I trust {you|your answers}?",
            "Are you {always |}right?",
            "Are you {clever|smart|intelligent}?",
        ),
    ),
    "languages": Fact(
        "I speak English, and in Chinese I can only say that I am small.",
        (),
        (
            "{Which|What} languages do you {speak|know}?",
            "Do you speak {Chinese|English|other languages}?",
            "Can you {speak|write} Chinese?",
        ),
    ),
    "feel": Fact(
        "I am a program, so I do not feel anything.",
        (),
        (
            "How do you feel{?| today?}",
            "Are you {happy|sad|tired|angry|alive|human}?",
            "Do you {feel|have feelings|sleep|dream}?",
            "How are you{?| today?| doing?}",
        ),
    ),
    "hello": Fact(
        "Hello! Ask me something or ask me for a story.",
        (),
        ("{Hello|Hi|Hey|Good morning|Good evening|Hello there|Hi there|Good day}{!|.|}",),
    ),
    "thanks": Fact(
        "You are welcome!", (), ("{Thanks|Thank you|Thank you very much|Many thanks|Thanks a lot|Great, thanks}{!|.|}",)
    ),
    "bye": Fact(
        "Goodbye! Come back soon.",
        (),
        ("{Bye|Goodbye|Good night|See you|See you later|I have to go now|Bye bye}{!|.|}",),
    ),
    "praise": Fact(
        "Thank you! I am glad to hear that.",
        (),
        ("{Well done|Good job|That is right|Correct|Very good|You are great|Nice}{!|.|}",),
    ),
}

OUTSIDE_ANSWER = "I am a small model and I only know a small world. I cannot answer that."
UNKNOWN_ANSWER = "I do not know. You did not tell me."
HEARD_ANSWER = "I see. What would you like to know?"
CHINESE_ANSWER = "我是一个小模型，只知道一个小世界，回答不了这个问题。"
CHINESE: dict[str, Fact] = {
    "hello": Fact("你好！我是一个小模型。", (), ("{你好|您好|你好啊|早上好|晚上好}{！|。|}",)),
    "thanks": Fact("不客气！", (), ("{谢谢|谢谢你|多谢|非常感谢}{！|。|}",)),
    "who": Fact("我是 starter-gpt，一个小模型。", (), ("你是{谁|什么}？", "你叫什么{名字|}？", "请介绍一下你自己。")),
    "bye": Fact("再见！", (), ("{再见|拜拜|回头见}{！|。|}",)),
}
