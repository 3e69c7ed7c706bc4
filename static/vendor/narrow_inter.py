"""Leave in Inter what our pages use: the weights 400 to 650, kerning, tabular figures. Browsers put letter and accent together themselves.

Called by make.sh: python narrow_inter.py FILE.woff2 …, with fonttools and brotli installed.
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FEATURES = ["kern", "tnum"]


def narrow(path: str) -> None:
    """Write the font again in its place."""
    font = TTFont(path)
    options = subset.Options()
    options.layout_features, options.hinting = FEATURES, False
    options.name_IDs, options.name_languages = ["*"], ["*"]  # who made it and the licence stay in it
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=font.getBestCmap().keys())
    cutter.subset(font)
    font.save(path)
    font = TTFont(path)
    instantiateVariableFont(font, {"wght": (400, 650)}, inplace=True)
    font.flavor = "woff2"
    font.save(path)


for name in sys.argv[1:]:
    narrow(name)
