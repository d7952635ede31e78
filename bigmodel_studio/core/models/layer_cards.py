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
        ("Looks up a vector for each token: all the model knows about a token before attention."),
        "Bengio et al. 2003, A Neural Probabilistic Language Model",
    ),
    "position": CardWords(
        "Learned positions",
        ("Adds a learned vector for each position, so order matters; there are none beyond the context."),
        "Gehring et al. 2017; Radford et al. 2018",
    ),
    "rotary": CardWords(
        "Rotary positions",
        ("Rotates queries and keys by an angle that grows with position, so attention depends on distance."),
        "Su et al. 2021, RoFormer, arXiv 2104.09864",
    ),
    "attention": CardWords(
        "Attention",
        ("Each token gathers values from the tokens it may attend to, weighted by the softmax of query times key."),
        "Vaswani et al. 2017, Attention Is All You Need, arXiv 1706.03762, section 3.2",
    ),
    "grouped-attention": CardWords(
        "Grouped-query attention",
        ("Groups of query heads share keys and values, which makes the key/value cache smaller."),
        "Ainslie et al. 2023, GQA, arXiv 2305.13245",
    ),
    "feed-forward": CardWords(
        "Feed-forward",
        (
            "Transforms each token separately: projects up, applies a nonlinearity, projects "
            "down. Most parameters are here."
        ),
        "Vaswani et al. 2017, arXiv 1706.03762, section 3.3",
    ),
    "gated-feed-forward": CardWords(
        "Gated feed-forward",
        "A feed-forward layer in which one projection gates the other.",
        "Shazeer 2020, GLU Variants Improve Transformer, arXiv 2002.05202",
    ),
    "layer-norm": CardWords(
        "Layer normalization",
        ("Normalizes each token's vector to mean 0 and variance 1, then scales and shifts it: stabilizes training."),
        "Ba et al. 2016, Layer Normalization, arXiv 1607.06450",
    ),
    "rms-norm": CardWords(
        "RMS normalization",
        ("Scales each token's vector to a root mean square of 1: layer normalization without the mean."),
        "Zhang and Sennrich 2019, arXiv 1910.07467",
    ),
    "batch-norm": CardWords(
        "Batch normalization",
        (
            "Normalizes each channel to mean 0 and variance 1 over the batch; at inference, with "
            "statistics from training."
        ),
        "Ioffe and Szegedy 2015, arXiv 1502.03167",
    ),
    "convolution": CardWords(
        "Convolution",
        ("Slides small filters over the picture, the same everywhere: detects edges first, then parts, then objects."),
        "LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition",
    ),
    "residual": CardWords(
        "Residual connection",
        ("Adds the input to the output, so a layer learns only a change and deep networks can be trained."),
        "He et al. 2015, Deep Residual Learning for Image Recognition, arXiv 1512.03385",
    ),
    "pooling": CardWords(
        "Average pooling",
        "Replaces each channel by its mean, so the classifier sees what is there, not where.",
        "Lin et al. 2013, Network In Network, arXiv 1312.4400",
    ),
    "pooler": CardWords(
        "Pooler",
        ("Passes the first token's vector through one more layer; next-sentence prediction and classifiers read it."),
        "Devlin et al. 2018, BERT, arXiv 1810.04805",
    ),
    "classifier": CardWords(
        "Classifier head",
        ("Computes a score for each class from the last vector; their softmax gives the probabilities."),
    ),
    "lm-head": CardWords(
        "Language-model head",
        "Computes a score for each vocabulary token; if tied, it reuses the token embedding.",
        "Press and Wolf 2017, Using the Output Embedding, arXiv 1608.05859",
    ),
}
