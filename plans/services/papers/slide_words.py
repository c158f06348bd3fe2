"""Words on slides: size, colour, and fonts that have the letters of every language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.util import Pt

LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
INK, GREY = RGBColor(0x1F, 0x24, 0x2E), RGBColor(0x5B, 0x62, 0x70)
ACCENT, LINE = RGBColor(0x0F, 0x5C, 0x8C), RGBColor(0xC9, 0xCE, 0xD6)
PALE = RGBColor(0xF1, 0xF4, 0xF8)
TAGS = {"en": "en-GB", "fi": "fi-FI", "ro": "ro-RO", "zh-hans": "zh-CN", "vi": "vi-VN"}
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))


@dataclass(frozen=True)
class Look:
    """How words look."""

    size: int
    is_bold: bool = False
    colour: RGBColor = INK


def write(paragraph: Any, words: str, look: Look) -> None:
    """Put words into an empty paragraph, in a font that has their letters."""
    run = paragraph.add_run()
    run.text = words.translate(_CONTROL)
    font = run.font
    font.size, font.bold = Pt(look.size), look.is_bold
    font.color.rgb = look.colour
    set_fonts(run._r.get_or_add_rPr())


def set_fonts(properties: Any) -> None:
    """Name the fonts of Latin letters and of ideograms, and the language."""
    properties.set("lang", TAGS.get(get_language() or "en", "en-GB"))
    for tag, face in (("a:latin", LATIN), ("a:ea", EAST_ASIAN)):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        # They stand behind line, fill and effects, in this order, before what is clicked.
        element = properties.makeelement(qn(tag), {"typeface": face})
        properties.append(element)
