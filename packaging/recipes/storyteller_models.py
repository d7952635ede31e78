"""What the storyteller knows by heart about models: each concept with one right answer and many ways to ask. Data only.

A way to ask may hold alternatives, ``{stop|halt} a reply``; one of them is drawn. A concept is also asked with
``CONCEPT_FRAMES``.
"""

from __future__ import annotations

from dataclasses import dataclass

CONCEPT_FRAMES: tuple[str, ...] = (
    "What is {x}?",
    "What {does|would} {x} mean?",
    "{Explain|Describe|Define} {x}.",
    "Tell me {about|what} {x} is.",
    "{Can|Could} you {explain|describe} {x}{?| to me?| in one sentence?}",
    "What do people mean by {x}?",
    "{Please explain|Please define|Please describe} {x}.",
    "I do not {know|understand} {x}. {What is it?|Please explain.}",
    "What exactly is {x}?",
    "{How would you explain|How do you define} {x}?",
    "{Help me understand|Teach me} {x}.",
    "I {read|heard} about {x}. What is {it|that}?",
    "What is the {idea|meaning} of {x}?",
    "In {short|a few words}, what is {x}?",
    "{So|And|Well}, what is {x}?",
    "Do you know what {x} is?",
    "{x}?",
    "My friend asked me what {x} is.",
    "In a model, what is {x}?",
    "I am new here. What is {x}?",
    "What is {x} in {machine learning|deep learning|training}?",
    "Give me a {short|simple} {definition|explanation} of {x}.",
    "What {role|part} does {x} play?",
    "Why do {people|we} talk about {x}?",
    "What {does|do} {x} do?",
    "How {does|do} {x} work?",
    "What {is|are} {x} {good|used|there|needed} for?",
    "What {is|are} {x} {all |}about?",
    "What is the {point|purpose|use|job|task} of {x}?",
    "Why {does one need|do we need|do models need|is there|would I use|do models use|do people use} {x}?",
    "What {happens|goes on} {in|with|during} {x}?",
    "What can you {tell|teach} me about {x}?",
    "What {kind|sort} of thing {is|are} {x}?",
    "How {should|can|could|must} I {think of|picture|understand|imagine} {x}?",
    "{x}, what {is|are} {it|that|this|they|those}?",
    "{x}: what {is|are} {it|that|they|those}?",
    "What {is|are} {x} {in simple words|in plain words|in plain English|exactly|anyway|really|actually}?",
    "{Say|Write|Tell me} {something|a sentence|one line|a few words} about {x}.",
    (
        "I {keep reading|keep hearing|saw something|read a text|heard somebody talk} about {x}. {Can you "
        "explain it|What is it|What is meant}?"
    ),
    "The word {x}, what does it mean?",
    (
        "{When|If} {somebody says|people say|one speaks of|a text says} {x}, what {is meant|do they mean|"
        "does it mean|is it}?"
    ),
    "What {makes|is special about|is so good about|is behind} {x}?",
    "{Would|Will} you {please |kindly |}{explain|describe|define} {x}{?| for me?| to a beginner?}",
    "I {want|would like|need|wish|am trying} to {know|understand|learn} {about|what is|what are|more about} {x}.",
    "How would you {put|say|describe} {x} in {simple|your own|plain|easy} words?",
    "Is there {an easy|a simple|a short} {way to explain|definition of|explanation of} {x}?",
    "{Quickly|Briefly|Shortly|Simply}: what {is|are} {x}?",
    "What {do|must|should} {I|a beginner|one} {need to |}know about {x}?",
    "Which {thing|idea|part} is {called|known as} {x}?",
    "Why {is|are} {x} {important|useful|needed|used|helpful}?",
    "{When|Where} {is|are} {x} {used|needed|helpful}?",
    "What {effect|influence|use} {does|do} {x} have?",
    "What {would|might|could} {x} be?",
    "I {wonder|am wondering|asked myself|forgot} what {x} {is|are|means|mean|does|do}.",
    "{Please|Kindly|Now} {explain|tell me about|describe|say what is} {x}.",
    "{x} {is|are} {what|what exactly|what then}?",
    "What {did|do} they mean by {x}?",
    (
        "{Could|Can|Would} {somebody|someone|anyone|you} {say|tell me|explain} {what is|what are|what|about} "
        "{x}{?| is?| means?}"
    ),
    "{x}, {please|please explain|explain please|in short|what for}.",
    "{Show|Give} me what {x} {means|is|does}.",
    "What should I {imagine|think of|understand} {under|by|with} {x}?",
    "For what {is|are} {x} {used|good|needed}?",
    "Why should I {care|know|learn} about {x}?",
    "How important {is|are} {x}?",
    "How {is|are} {x} {defined|explained|described|used}?",
    "What {exactly |}{goes wrong|changes|improves} with {x}?",
    "Where does {x} come from?",
    "Remind me what {x} {is|are|means}.",
    "What {is|are} the {basics|main idea} of {x}?",
    "I am {reading|learning} about {x}. What {is|are} {it|they}?",
    "{Speaking|Talking} of {x}: what {is|are} {it|they}?",
)


@dataclass(frozen=True)
class Fact:
    """One answer: ``names`` of a concept (put into the frames) and further ways to ask."""

    answer: str
    names: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


MODELS: dict[str, Fact] = {
    "token": Fact(
        "A token is a piece of text, such as a word or a part of a word, that a model reads as one number.",
        ("a token", "tokens", "the word token"),
        ("What {pieces|units} does a {language |}model read?",),
    ),
    "tokenizer": Fact(
        "A tokenizer cuts text into tokens and joins tokens back into text.",
        ("a tokenizer", "tokenization", "the tokenizer"),
        ("{What|Which part} cuts text into tokens?",),
    ),
    "parameter": Fact(
        "A parameter is one number inside a model that training adjusts.",
        ("a parameter", "parameters", "a weight", "weights", "a model parameter"),
        ("What does training {adjust|change}?",),
    ),
    "embedding": Fact(
        "An embedding is a list of numbers that stands for a token or a picture.",
        ("an embedding", "embeddings", "a word embedding"),
        ("What stands for a token inside the model?",),
    ),
    "layer": Fact(
        "A layer is one step of a model that turns its input into a new output.",
        ("a layer", "layers", "a hidden layer"),
        ("What is one step of a {network|model} called?",),
    ),
    "neural network": Fact(
        "A neural network is a chain of layers whose numbers are learned from examples.",
        ("a neural network", "neural networks", "a neural net"),
        (),
    ),
    "transformer": Fact(
        "A transformer is a network that lets every token look at other tokens through attention.",
        ("a transformer", "transformers", "the transformer"),
        ("What kind of network uses attention?",),
    ),
    "attention": Fact(
        "Attention lets each token weigh the other tokens and take what it needs from them.",
        ("attention", "self-attention", "the attention mechanism"),
        ("How do tokens look at each other?",),
    ),
    "local attention": Fact(
        "Local attention lets a token look only at the tokens close behind it.",
        ("local attention", "banded attention", "sliding window attention"),
        (),
    ),
    "head": Fact(
        "An attention head is one of several attentions that work side by side in a layer.",
        ("an attention head", "attention heads", "a head", "multi-head attention"),
        (),
    ),
    "residual": Fact(
        "A residual connection adds the input of a layer to its output, so that deep networks can learn.",
        ("a residual connection", "residual connections", "a skip connection"),
        ("Why {add|do we add} the input of a layer to its output?",),
    ),
    "bert": Fact(
        "BERT is a transformer that reads a text in both directions and fills in masked words.",
        ("BERT", "a BERT model"),
        ("Which model fills in masked words?",),
    ),
    "gpt": Fact(
        "GPT is a transformer that writes text by predicting the next token.",
        ("GPT", "a GPT", "a GPT model", "GPT-3"),
        ("Which model predicts the next token?",),
    ),
    "resnet": Fact(
        "A ResNet is a network for pictures, built from convolutions with residual connections.",
        ("a ResNet", "ResNet", "ResNets"),
        ("Which network {looks at|is for} pictures?",),
    ),
    "convolution": Fact(
        "A convolution slides a small filter over a picture to find patterns.",
        ("a convolution", "convolutions", "a convolutional layer"),
        (),
    ),
    "learning rate": Fact(
        "The learning rate says how big each step of training is.",
        ("the learning rate", "a learning rate", "learning rates"),
        ("What sets the size of a training step?",),
    ),
    "warmup": Fact(
        "Warm-up raises the learning rate slowly at the start of training.",
        ("warm-up", "learning rate warm-up", "warmup"),
        (),
    ),
    "loss": Fact(
        "The loss is a number that says how wrong the model is, and training makes it smaller.",
        ("the loss", "a loss", "loss", "a loss function"),
        ("What {number|thing} does training make smaller?",),
    ),
    "perplexity": Fact(
        "Perplexity says how many tokens the model hesitates between, and lower is better.",
        ("perplexity", "the perplexity"),
        (),
    ),
    "gradient": Fact(
        "A gradient says in which direction each parameter should move to lower the loss.",
        ("a gradient", "gradients", "the gradient"),
        (),
    ),
    "backpropagation": Fact(
        "Backpropagation computes the gradients, going from the loss back through every layer.",
        ("backpropagation", "backprop", "the backward pass"),
        ("How are gradients computed?",),
    ),
    "optimizer": Fact(
        "An optimizer uses the gradients to update the parameters.",
        ("an optimizer", "optimizers", "AdamW", "Adam"),
        ("What {updates|changes} the parameters?",),
    ),
    "epoch": Fact(
        "An epoch is one pass over all the training data.",
        ("an epoch", "epochs", "a training epoch"),
        ("What is one pass over the data called?",),
    ),
    "batch": Fact(
        "A batch is a group of examples that the model learns from in one step.",
        ("a batch", "batches", "the batch size", "a mini-batch"),
        (),
    ),
    "checkpoint": Fact(
        "A checkpoint is a saved copy of a model during training.",
        ("a checkpoint", "checkpoints", "a model checkpoint"),
        (),
    ),
    "overfitting": Fact(
        "Overfitting means that a model learns its examples by heart and fails on new ones.",
        ("overfitting", "an overfitted model", "to overfit"),
        ("What is it called when a model learns by heart?",),
    ),
    "dropout": Fact(
        "Dropout turns off some numbers at random during training, so that a model does not rely on one of them.",
        ("dropout", "a dropout layer"),
        (),
    ),
    "fine-tuning": Fact(
        "Fine-tuning trains a finished model a little more on your own data.",
        ("fine-tuning", "finetuning", "to fine-tune a model"),
        (),
    ),
    "lora": Fact(
        "LoRA fine-tunes a model by training only small matrices added to its layers.",
        ("LoRA", "a LoRA adapter", "low-rank adaptation"),
        (),
    ),
    "quantisation": Fact(
        "Quantisation stores the parameters with fewer bits, so that a model needs less memory.",
        ("quantisation", "quantization", "a quantised model"),
        ("How can a model {need|use} less memory?",),
    ),
    "temperature": Fact(
        "Temperature says how random the choice of the next token is, and a low one is careful.",
        ("temperature", "the temperature", "sampling temperature"),
        (),
    ),
    "top-k": Fact(
        "Top-k sampling chooses the next token only among the k most likely ones.",
        ("top-k", "top-k sampling", "top k"),
        (),
    ),
    "top-p": Fact(
        "Top-p sampling chooses among the likeliest tokens whose probabilities add up to p.",
        ("top-p", "top-p sampling", "nucleus sampling", "top p"),
        (),
    ),
    "greedy": Fact(
        "Greedy decoding always takes the most likely next token.",
        ("greedy decoding", "greedy search", "greedy"),
        ("Which decoding {always |}takes the most likely token?",),
    ),
    "beam": Fact(
        "Beam search keeps several of the best texts and returns the most likely one.",
        ("beam search", "a beam", "beams"),
        (),
    ),
    "softmax": Fact(
        "Softmax turns scores into probabilities that add up to one.",
        ("softmax", "the softmax", "a softmax"),
        ("What turns scores into probabilities?",),
    ),
    "logits": Fact(
        "Logits are the raw scores that a model gives before they become probabilities.",
        ("logits", "a logit", "the logits"),
        (),
    ),
    "context": Fact(
        "The context length is how many tokens a model can read at once.",
        ("the context length", "the context window", "a context window", "context length"),
        (),
    ),
    "prompt": Fact(
        "A prompt is the text that you give to a model so that it goes on from there.",
        ("a prompt", "prompts", "the prompt"),
        (),
    ),
    "kv cache": Fact(
        "A KV cache keeps the keys and values of earlier tokens, so that they are not computed again.",
        ("a KV cache", "the KV cache", "the key-value cache"),
        (),
    ),
    "seed": Fact(
        "A seed is a number that makes random choices come out the same again.",
        ("a seed", "the seed", "a random seed"),
        (),
    ),
    "next sentence": Fact(
        "Next sentence prediction asks BERT whether one sentence follows another.",
        ("next sentence prediction", "the next sentence task"),
        (),
    ),
}
