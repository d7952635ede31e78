"""The microscope: a reply as tokens with what each of them was chosen from. It knows no engine."""
