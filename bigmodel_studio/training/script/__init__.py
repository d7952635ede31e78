"""A run as a plain PyTorch script that gives the same losses.

``parts`` are the modules that scripts are made of, ``contents`` says which an objective needs and what it draws from,
``composing`` makes one text of them, and ``writing`` puts it into a folder with the model and the data.
"""
