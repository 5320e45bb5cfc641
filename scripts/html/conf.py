# SPDX-License-Identifier: GPL-2.0-only
"""
Sphinx for our pages alone, with the extensions of the kernel's own build.

"srctree" in the environment is the merged tree: the extensions come from
there, and the sources that kernel-doc reads.
"""
import ast
import os
import pathlib
import sys
import types

tree = pathlib.Path(os.environ["srctree"]).resolve()
sys.path.insert(0, str(tree / "Documentation/sphinx"))

# automarkup would read all of Documentation/ABI, which is not among our pages.
sys.modules["kernel_abi"] = types.SimpleNamespace(
    get_kernel_abi=lambda: types.SimpleNamespace(
        xref=lambda name: None,
        log=types.SimpleNamespace(warning=lambda *words: None)))

project = "/dev/iommu for Linux 7.3"
extensions = ["automarkup", "kerneldoc"]
master_doc = root_doc = "index"
exclude_patterns = []
html_theme = "alabaster"
html_theme_options = {"page_width": "75em", "sidebar_width": "16em"}
html_sidebars = {"**": ["globaltoc.html", "searchbox.html"]}
html_copy_source = False
highlight_language = "none"
primary_domain = "c"
pygments_style = "sphinx"
kerneldoc_srctree = str(tree)


def names_of_attributes():
    """c_id_attributes as the kernel's configuration has them."""
    page = ast.parse((tree / "Documentation/conf.py").read_text())
    for node in ast.walk(page):
        if isinstance(node, ast.Assign) and \
           getattr(node.targets[0], "id", "") == "c_id_attributes":
            return ast.literal_eval(node.value)
    raise SystemExit("no c_id_attributes in the kernel's conf.py")


c_id_attributes = names_of_attributes()
