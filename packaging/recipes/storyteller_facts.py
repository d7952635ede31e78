"""What the storyteller knows by heart about the application, its models, runs and settings:
each fact with many ways to ask. Data only.

A way to ask may hold alternatives, ``{stop|halt} a reply``; one of them is drawn.
"""

from __future__ import annotations

from storyteller_models import Fact
from storyteller_using import HOW, USING

APPLICATION: dict[str, Fact] = USING | {
    "download": Fact(
        "Open the Models page, search for a model and press Download.",
        (),
        (
            HOW + " {download|get|fetch|find} {a|another|a bigger|more} model{s|}?",
            "Where {can|do} I {download|find|get} {models|a model|other models}?",
            "Where are {the |other |}models?",
            "What is on the Models page?",
            "I {want|need|would like} {a bigger|another|a new|a larger} model. {Where do I get it|How}?",
            "{Which|What} page {has|is for} {more|other|new} models?",
            "{How|Where} {is|are} {a model|models|new models} {downloaded|found}?",
            "Can I {download|get|search for} {models|other models|more models|a larger model}{?| here?}",
            "{Where|How} do I search for {a model|models|other models}?",
            "How does one {get|download} a model?",
            "Is it possible to download {models|another model|a model}?",
            "{How|Where} do I get {a|another|a larger} model?",
            "What is the Models page for?",
        ),
    ),
    "describe": Fact(
        "Open the Models page and click a model to see its layers and parameters.",
        (),
        (
            HOW + " {see|view|inspect} the {layers|parameters|structure} of a model?",
            "Where {can I see|are} the layers of a model?",
            "How do I look inside a model?",
            "{Can|Could|May} I {see|look at|view} the {layers|parameters|structure|inside} of a model?",
            (
                "{How|Where} {do|can} I {see|find|look up} {how many parameters a model has|the layers|the "
                "parameters of a model}?"
            ),
            "What {layers|structure} does {a|my} model have{?| and where do I see it?}",
            "{Which|What} page shows the {layers|parameters|structure}{?| of a model?}",
            "How {is a model|is my model} built{?| and where do I see that?}",
            "{Show|List} {me |}the {layers|parameters} of {a|my} model.",
            "I {want|would like} to see {the layers|what is inside a model|the parameters|inside a model}.",
            "Where {are|is} the {parameters|structure} of a model shown?",
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
            "Is {a|this|the} model too {big|large} for {my memory|my machine|my computer}?",
            "{Can|Will} my {machine|computer|memory|laptop} {run|hold|load} {a|this|the} {big |large |}model?",
            "{How|Where} do I {see|find out|check} {if|whether} {a|the|this} model fits{?| into memory?}",
            "Does {a|this|my|the} model fit{?| into memory?| on my machine?| into my computer?}",
            "Do I have {enough|sufficient} memory{?| for a model?| for this model?}",
            "Which models fit{?| into my memory?| on my machine?}",
            "Which page shows {if|whether} a model fits?",
            "Is {there|my memory} enough {memory |}for {a|this} model?",
        ),
    ),
    "watch": Fact(
        "The Train page draws the loss while a run is training.",
        (),
        (
            HOW + " {watch|follow|see} {a run|the training|the loss|the curve|my training}?",
            "Where {is|do I see} the {loss|curve|loss curve}?",
            "Where can I {watch|follow} {a run|my training}?",
            "{Which|What} page {draws|shows} the {loss|curve|curves|loss curve}?",
            "Can I {see|follow|watch} the {training|run|curve|loss curve}{?| live?}",
            "{Where|How} is the {loss|curve|training} {shown|drawn|displayed}?",
            "How {is|goes} my {training|run}{?| and where do I see it?}",
            "I {want|would like} to {see|watch|follow} {the loss|the curve|my training|how the loss falls}.",
            "Is there a {curve|plot|chart|graph} of the loss?",
            "How does one {watch|follow} {a run|the training}?",
            "Where is the loss {while it trains|during training}?",
        ),
    ),
    "stop run": Fact(
        "Press Stop on the Train page, and the run is saved first.",
        (),
        (
            HOW + " {stop|end|halt|cancel} {a run|the training|my training|training}?",
            "Where do I stop {a run|the training}?",
            "{My|The|This} {run|training} {takes too long|is too long|must stop}. {How do I stop it|What do I press}?",
            "{Can|May|Could} I {stop|end|cancel|halt} {a|my|the} {run|training|training run}{?| early?}",
            "What do I press to {stop|end} {a|my|the} {run|training}?",
            "Is {a run|the run|my run|the training} saved when I stop it?",
            "How {is|does one} {a run|stop a run|the training|a training} {stopped|ended|}?",
            "{Stop|End|Halt} {my|the} {run|training}.",
            "{Which|What} button stops {a run|the run|the training|training}?",
            "I {want|would like} to {stop|end} {my|the} {run|training}.",
        ),
    ),
    "resume": Fact(
        "Open the run on the Train page and press Resume.",
        (),
        (
            HOW + " {resume|continue|go on with|restart} {a run|the training|my training|a stopped run}?",
            "Can a {stopped|paused} run {go on|continue}?",
            "{My|A|The} run {was stopped|has stopped|is stopped}. How {do I go on|does it go on|do I continue}?",
            "{Can|May|Could} I {resume|continue|go on with} {a|my|the} {run|training|stopped run}{?| later?}",
            "{How|Where} {is|can} {a|my|the} {run|training|stopped run} {resumed|continued|continue|go on}?",
            "What do I press to {resume|continue|go on with} {a|my|the} {run|training}?",
            "{Which|What} button {resumes|continues} {a|my|the} run?",
            "I stopped {my run|the training|a run}. {How do I continue|Can I go on}?",
            "{Resume|Continue} {my|the} {run|training}.",
            "Is it possible to {continue|resume} {a|my} {run|training}{?| later?}",
        ),
    ),
    "close window": Fact(
        "A run keeps going when you close the window.",
        (),
        (
            "What happens {to a run |to my training |}{if|when} I close the {window|app}?",
            "{Can|May} I close the {window|app} {during|while} training?",
            "Does {training|a run} {stop|end} when I close the {window|app}?",
            (
                "{Can|May|Should} I {close|shut} {the window|the app|the program} while {it trains|a run is training|"
                "training}?"
            ),
            (
                "{Does|Will} {my|a|the} {run|training} {survive|continue|go on|keep going|end|stop} {if|when} {I "
                "close the window|the window is closed|the app is closed|I close the program}?"
            ),
            "{Must|Should} the {window|app} stay open {during|for} {training|a run}?",
            "I closed the {window|app|program}. Is my {run|training} {lost|gone|still going}?",
            "What {if|when} I close the {window|program|app}{?| during a run?}",
            "Is {my|the|a} {run|training} lost when I close the {window|app}?",
            "Do I need to keep the window open {to train|during training|while it trains}?",
        ),
    ),
    "compare": Fact(
        "Select two runs on the Train page to compare their curves.",
        (),
        (
            HOW + " compare {runs|two runs|curves|two trainings}?",
            "Where {can|do} I compare {runs|my runs|trainings}?",
            "{Can|May|Could} I compare {runs|two runs|my runs|the curves of two runs|two curves}?",
            "{Which|What} of {my|two} runs is better?",
            "{How|Where} {are|can} {two runs|runs|curves|my runs} {compared|be compared}?",
            "{How|Where} do I see two {runs|curves} {side by side|together|at once}?",
            "I {have two runs|want to compare two runs|would like to compare my runs}{.|. How?}",
            "{Which|What} page compares {runs|two runs|curves}?",
            "Show {two runs|two curves|both curves|my runs} {together|side by side}.",
            "Is there a way to compare {two |my |}{runs|trainings|curves}?",
        ),
    ),
    "serve": Fact(
        "Open the Deploy page and press Start server to share a model with other programs.",
        (),
        (
            HOW + " {serve|deploy|share} {a|my} model?",
            "Where is the server?",
            "What is {the |}Deploy {page |}for?",
            "How do other programs use my model?",
            HOW + " start {a|the} server?",
            (
                "{Can|Could|May} {another program|other programs|my program|my own program|other apps} {use|call|"
                "talk to|reach} {a|my|the} model?"
            ),
            "{Is there|Where is|How do I open} a {model |}server{?| here?}",
            "{Which|What} page {starts|has} {a|the} server?",
            "{How|Where} is {a|the|my} {model|server} {served|started|deployed}?",
            "I {want|would like} {other programs|another program} to use my model.",
            "I {want|would like} to {serve|deploy|share} {a|my} model{.|. Where?}",
            "What do I press to {start|open} {a|the} server?",
            "How does one {deploy|serve|share} a model{?| with other programs?}",
        ),
    ),
    "export": Fact(
        "Open the Deploy page, choose a format and press Export.",
        (),
        (
            HOW + " export {a|my|the} model?",
            "Where {can|do} I export {a|my} model?",
            "How do I {save|get} my model {in another format|as a file}?",
            "{Can|Could|May} I {export|save|convert} {a|my|the} model{?| in another format?| to a file?}",
            "{Which|What} page {exports|is for exporting} {a model|models|my model}?",
            "{How|Where} is {a|my|the} model exported?",
            "{How|Where} do I {choose|find} {the|a|another} format{?| for my model?| for export?}",
            "I {want|would like|need} to export {a|my|the} model{.|. Where?}",
            "What do I press to export {a|my} model?",
            "Is it possible to export {a|my} model?",
            "I need my model in another format.",
        ),
    ),
    "temperature setting": Fact(
        "Change the temperature in the settings beside the chat.",
        (),
        (
            HOW + " {change|set|lower|raise} the temperature?",
            "Where {is|do I find|can I change} the temperature {setting|slider}?",
            "Where are the {chat|sampling} settings?",
            "{Can|Could|May} I {change|set|lower|raise} the temperature{?| here?| of the chat?}",
            "{Where|How} is the temperature {changed|set|lowered|raised}?",
            "I {want|would like} {a lower|a higher|another} temperature{.|. Where?}",
            "The replies are too {random|wild}. How do I {change|lower} the temperature?",
            "{Which|What} {place|setting} {has|changes|sets} the temperature?",
            "{Where|How} do I {set|change} how random {the replies|it} {are|is}?",
            "Where are the settings {of|for} the {chat|replies|temperature}?",
            "How does one {change|set} the temperature?",
        ),
    ),
    "dark": Fact(
        "Open Settings and choose Light, Dark or System.",
        (),
        (
            HOW + " {get|turn on|use|switch on} {dark mode|the dark theme|a dark window}?",
            "Is there a dark {mode|theme}?",
            HOW + " change the {theme|look|colours of the window}?",
            "{Can|Could|May} {I have|the window be|it be|I get} {dark|a dark window|a dark theme}?",
            "{Where|How} {is|do I find} {the dark mode|dark mode|the theme|the dark theme}{?| set?}",
            "{The window is too bright|It is too bright}. {How do I change it|Can it be dark}?",
            "I {want|would like|prefer} {a dark window|dark mode|the dark theme|dark colours|a light window}.",
            "How {do|can} I {make|turn} {the app|everything|it|the window} {dark|darker|light|black}?",
            "{How|Where} do I {choose|set} {light or dark|dark or light|the theme|the colours}?",
            "Is there a {light|dark} {theme|mode|window}?",
            "Where {can|do} I change the {theme|colours}?",
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
            "{Are|Do} {there|I get} {any |}models {from the start|at the start|already here|without a download}?",
            (
                "{Which|What} {small |}models {are here|are there|do I have|can I use at once} {from the start|"
                "already|at the start|without a download}?"
            ),
            "Does {it|the app|the studio|Big Model Studio} {come with|include|bring} {a model|models|any models}?",
            "{How many|Which|What} models {are already here|are installed|come along|ship with it}?",
            "{Which|What} {model|models} can I {use|try} {first|right away|at once}?",
            "{Is there|Do you have} a {model|small model} {to start with|for the start|already}?",
            "What are the {starters|starter models|two small models}?",
        ),
    ),
    "systems": Fact(
        "It is written for Linux, macOS and Windows.",
        (),
        (
            "{Which|What} systems does {it|this app} {run on|support}?",
            "Does {it|this app} {run|work} on {Linux|Windows|macOS|a Mac}?",
            "Can I use it on {Linux|Windows|a Mac}?",
            "{Can|Could|May|Will} I {run|use|install} {it|this app|the program} on {Linux|Windows|macOS|my Mac}?",
            "{Is|Does} {there a version|it exist|it made} for {Linux|Windows|macOS|a Mac|the Mac}?",
            "{Which|What} {operating systems|computers|systems|platforms} {work|are supported|can I use|is it for}?",
            "Does {it|the program|this app} {support|need} {Linux|Windows|macOS}?",
            "I {have|use} {Linux|Windows|a Mac}. {Does it work|Can I use it|Will it run}?",
            "Is {it|the app} {only |}for {Linux|Windows|the Mac}?",
            "On {which|what} {systems|computers|machines} does it {run|work}?",
        ),
    ),
    "files": Fact(
        "Plain text files and folders of pictures can be used for training.",
        (),
        (
            "{Which|What} {files|data} can I {use|train on|use for training}?",
            "What {kind of |}data {do I need|is needed}{?| for training?}",
            "Can I train on my own {text|pictures|files}?",
            (
                "{What|Which} {kind|sort|type} of {files|data} {can|do|should|may} I {use|need|take|give it} {to "
                "train|for training}?"
            ),
            "{Can|Could|May} I {use|take} {my own|my|own} {files|texts|pictures|data} {for training|to train}?",
            "{Can|Could} {a|my} {text file|folder of pictures|text|folder} be used {for training|to train}?",
            "{What|Which} {data|files} {does training|does it|must I} {need|take|accept|have}{?| for training?}",
            "What do I need {for|to start} training{?| as data?}",
            "{What|Which} {format|files} must {my|the} {training |}data have?",
            "{What|Which} data {is|are} {good|possible|allowed} for training?",
            "Does it train on {text|pictures|text files|plain text}?",
        ),
    ),
}
