"""The words of the cards that explain layers: what a kind of layer is called, what it is for, and where it is from."""

from __future__ import annotations

from typing import NamedTuple


class CardWords(NamedTuple):
    """English; the window translates title and purpose in the context "cards". A source is cited as it is."""

    title: str
    purpose: str
    source: str = ""


CARDS: dict[str, CardWords] = {
    "embedding": CardWords(
        "Token embedding",
        "Looks up a vector for each token: the only thing that the model knows of a token before it reads others.",
        "Bengio et al. 2003, A Neural Probabilistic Language Model",
    ),
    "position": CardWords(
        "Learned positions",
        "Adds a vector that was learnt for each place, so that order counts; there are none beyond the context.",
        "Gehring et al. 2017; Radford et al. 2018",
    ),
    "rotary": CardWords(
        "Rotary positions",
        "Turns queries and keys by an angle that grows with the place, so that attention sees how far apart two are.",
        "Su et al. 2021, RoFormer, arXiv 2104.09864",
    ),
    "attention": CardWords(
        "Attention",
        "Each token gathers from those that it may look at: how much from which is the softmax of query times key.",
        "Vaswani et al. 2017, Attention Is All You Need, arXiv 1706.03762, section 3.2",
    ),
    "grouped-attention": CardWords(
        "Grouped-query attention",
        "Attention whose query heads share keys and values in groups, which makes the cache of a reply smaller.",
        "Ainslie et al. 2023, GQA, arXiv 2305.13245",
    ),
    "feed-forward": CardWords(
        "Feed-forward",
        "Works on each token by itself: wider, through a curve, and back. Most of what a model knows is in here.",
        "Vaswani et al. 2017, arXiv 1706.03762, section 3.3",
    ),
    "gated-feed-forward": CardWords(
        "Gated feed-forward",
        "A feed-forward layer in which one half says how much of the other passes.",
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv 2002.05202",
    ),
    "layer-norm": CardWords(
        "Layer normalisation",
        "Brings each token’s vector to mean 0 and variance 1, then scales and shifts it: keeps training steady.",
        "Ba et al. 2016, Layer Normalization, arXiv 1607.06450",
    ),
    "rms-norm": CardWords(
        "RMS normalisation",
        "Scales each token’s vector to length one a number: layer normalisation without the mean.",
        "Zhang and Sennrich 2019, arXiv 1910.07467",
    ),
    "batch-norm": CardWords(
        "Batch normalisation",
        "Brings each channel to mean 0 and variance 1 over the batch; in use, over what was seen in training.",
        "Ioffe and Szegedy 2015, arXiv 1502.03167",
    ),
    "convolution": CardWords(
        "Convolution",
        "Slides small filters over the picture, the same everywhere: finds edges first, then parts, then things.",
        "LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition",
    ),
    "residual": CardWords(
        "Residual connection",
        "Adds what went in to what comes out, so that a layer learns a change only, and a deep network can be trained.",
        "He et al. 2015, Deep Residual Learning for Image Recognition, arXiv 1512.03385",
    ),
    "pooling": CardWords(
        "Average pooling",
        "Replaces each channel’s picture by its mean, so that the classifier sees what, and no longer where.",
        "Lin et al. 2013, Network In Network, arXiv 1312.4400",
    ),
    "pooler": CardWords(
        "Pooler",
        "Takes the first token’s vector through one more layer: what the next-sentence task and classifiers read.",
        "Devlin et al. 2018, BERT, arXiv 1810.04805",
    ),
    "classifier": CardWords(
        "Classifier head",
        "Gives each class a score from the last vector; the softmax of the scores are the probabilities.",
    ),
    "lm-head": CardWords(
        "Language-model head",
        "Gives each token of the vocabulary a score; where it is tied, it is the token embedding read the other way.",
        "Press and Wolf 2017, Using the Output Embedding, arXiv 1608.05859",
    ),
}
