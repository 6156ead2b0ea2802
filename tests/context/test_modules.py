"""Which files imports mean, language by language."""

import pytest

from inhouse.context.modules import Modules
from inhouse.context.outline import Import
from inhouse.context.uses import expand_use

FILES = {
    "pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py", "src/lib/tool.py", "scripts/run.py",
    "scripts/helper.py", "json.py", "web/src/app.ts", "web/src/util/index.ts", "web/src/view.tsx", "web/src/old.js",
    "web/packages/core/src/index.ts", "go/store/shelf.go", "go/store/shelf_test.go", "go/web/page.go", "rs/src/lib.rs",
    "rs/src/net/mod.rs", "rs/src/net/http.rs", "rs/src/order.rs", "other-crate/src/lib.rs", "j/com/shop/A.java",
    "j/com/shop/net/B.java", "c/inc/deep/x.h", "c/src/x.h", "c/src/main.c", "lua/shop/shelf.lua", "lua/shop/init.lua",
    "cs/Store/Shelf.cs", "rb/lib/shop/shelf.rb", "rb/main.rb", "php/src/Store/Shelf.php",
}  # fmt: skip
TEXTS = {
    "go/go.mod": "module example.com/shop\n",
    "web/tsconfig.json": '{"extends": "../shared/base", "compilerOptions": {"paths": {"@/*": ["./src/*"],},}} // note',
    "shared/base.json": '{"extends": "./base.json", "compilerOptions": {"paths": {"#ui/*": ["../web/src/util/*"]}}}',
    "web/packages/core/package.json": '{"name": "@shop/core"}',
}


@pytest.mark.parametrize(
    ("language", "own", "item", "wanted"),
    [
        ("python", "scripts/run.py", Import("pkg.a", "Thing"), ["pkg/a.py"]),
        ("python", "scripts/run.py", Import("pkg", "a"), ["pkg/a.py", "pkg/__init__.py"]),
        ("python", "scripts/run.py", Import("pkg.sub.b"), ["pkg/sub/b.py"]),
        ("python", "pkg/sub/b.py", Import("..a", "x"), ["pkg/a.py"]),
        ("python", "pkg/sub/b.py", Import(".", "c"), ["pkg/sub/__init__.py"]),
        ("python", "pkg/a.py", Import("lib.tool", "x"), ["src/lib/tool.py"]),
        ("python", "scripts/run.py", Import("helper"), ["scripts/helper.py"]),
        ("python", "scripts/run.py", Import("sub.b"), []),
        ("python", "scripts/run.py", Import("os.path", "join"), []),
        ("typescript", "web/src/app.ts", Import("./view", "View"), ["web/src/view.tsx"]),
        ("typescript", "web/src/app.ts", Import("./view.js", "View"), ["web/src/view.tsx"]),
        ("typescript", "web/src/app.ts", Import("./util"), ["web/src/util/index.ts"]),
        ("typescript", "web/src/app.ts", Import("./old.js"), ["web/src/old.js"]),
        ("typescript", "web/src/app.ts", Import("@/view"), ["web/src/view.tsx"]),
        ("typescript", "web/src/app.ts", Import("#ui/index"), ["web/src/util/index.ts"]),
        ("typescript", "web/src/app.ts", Import("@shop/core", "x"), ["web/packages/core/src/index.ts"]),
        ("typescript", "web/src/app.ts", Import("react"), []),
        ("go", "go/web/page.go", Import("example.com/shop/store"), ["go/store/shelf.go"]),
        ("go", "go/web/page.go", Import("net/http"), []),
        ("rust", "rs/src/order.rs", Import("crate::net", "Client"), ["rs/src/net/mod.rs"]),
        ("rust", "rs/src/order.rs", Import("crate::net::http", "get"), ["rs/src/net/http.rs"]),
        ("rust", "rs/src/net/http.rs", Import("super", "Client"), ["rs/src/net/mod.rs"]),
        ("rust", "rs/src/lib.rs", Import("self::net"), ["rs/src/net/mod.rs"]),
        ("rust", "rs/src/order.rs", Import("other_crate", "Thing"), ["other-crate/src/lib.rs"]),
        ("rust", "rs/src/order.rs", Import("std::io", "Read"), []),
        ("java", "j/com/shop/A.java", Import("com.shop.net", "B"), ["j/com/shop/net/B.java"]),
        ("java", "j/com/shop/A.java", Import("com.shop.net", "*"), ["j/com/shop/net/B.java"]),
        ("java", "j/com/shop/A.java", Import("com.shop.net.B", "make"), ["j/com/shop/net/B.java"]),
        ("java", "j/com/shop/A.java", Import("java.util", "List"), []),
        ("c", "c/src/main.c", Import("x.h"), ["c/src/x.h", "c/inc/deep/x.h"]),
        ("c", "c/src/main.c", Import("deep/x.h"), ["c/inc/deep/x.h"]),
        ("c", "c/src/main.c", Import("stdio.h"), []),
        ("lua", "main.lua", Import("shop.shelf"), ["lua/shop/shelf.lua"]),
        ("lua", "main.lua", Import("shop"), ["lua/shop/init.lua"]),
        ("csharp", "cs/Page.cs", Import("Shop.Store", "*"), ["cs/Store/Shelf.cs"]),
        ("ruby", "rb/main.rb", Import("lib/shop/shelf", "require_relative"), ["rb/lib/shop/shelf.rb"]),
        ("ruby", "rb/main.rb", Import("shop/shelf"), ["rb/lib/shop/shelf.rb"]),
        ("php", "php/page.php", Import("Shop\\Store\\Shelf", "Shelf"), ["php/src/Store/Shelf.php"]),
    ],
)
def test_imports_mean_these_files(language: str, own: str, item: Import, wanted: list[str]) -> None:
    assert Modules(FILES, TEXTS.get).resolve(language, own, item) == wanted


def test_an_import_never_means_the_file_itself() -> None:
    assert Modules(FILES, TEXTS.get).resolve("python", "json.py", Import("json")) == []


def test_a_root_inside_of_a_package_is_understood() -> None:
    modules = Modules({"__init__.py", "log.py", "sub/x.py"}, TEXTS.get, "shop")

    assert modules.resolve("python", "sub/x.py", Import("shop.log", "open_log")) == ["log.py", "__init__.py"][:1]


def test_a_package_is_visible_within_itself() -> None:
    modules = Modules(FILES | {"go/store/box.go"}, TEXTS.get)

    assert modules.neighbours("go", "go/store/box.go") == ["go/store/shelf.go", "go/store/shelf_test.go"]
    assert modules.neighbours("python", "pkg/a.py") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a::b", [("a", "b", "")]),
        ("a::b as c", [("a", "b", "c")]),
        ("a::{b, c::{self, d as e}}", [("a", "b", ""), ("a", "c", ""), ("a::c", "d", "e")]),
        ("std::io::*", [("std::io", "*", "")]),
        ("a::{b,", [("a", "b", "")]),
        ("{" * 50, []),
    ],
)
def test_use_trees_are_flattened(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert list(expand_use(text)) == wanted
