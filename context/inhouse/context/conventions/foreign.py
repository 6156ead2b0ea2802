"""Which calls are of a foreign API that a project may put a function of its own before."""

from inhouse.context.conventions.facts import BY_SIGHT, PLAIN, Call
from inhouse.context.conventions.kin import BEARS, kin
from inhouse.context.scope import builtin_names

COMMON_BUILTINS = frozenset(
    {
        "print", "open", "input", "fetch", "println", "eprintln", "panic", "malloc", "free", "calloc", "realloc",
        "printf", "fprintf", "exit", "setTimeout", "require", "strdup", "puts", "error_log", "file_get_contents",
        "file_put_contents", "curl_init", "curl_exec", "setcookie", "header", "syslog", "var_dump",
    }
)  # fmt: skip
"""The builtins that projects wrap; the others (len, str, isinstance) are words of the language."""

_NEUTRAL = frozenset(
    {
        "typing", "abc", "dataclasses", "collections", "enum", "functools", "itertools", "re", "copy", "math", "json",
        "__future__", "contextlib", "types", "string", "errors", "fmt", "strings", "strconv", "java", "std", "random",
        "time", "datetime", "glob", "sys", "warnings", "inspect", "ast", "traceback", "shutil", "tempfile", "uuid",
        "base64", "struct", "io", "operator", "textwrap", "hashlib", "sort", "bytes", "core", "alloc", "reflect",
        "secrets", "html", "urllib", "unicodedata", "threading", "weakref", "importlib", "numpy", "path", "fs", "util",
        "platform", "queue", "flag", "window", "console", "document", "Object", "Array", "JSON", "process", "File",
        "Dir", "FileUtils", "Pathname", "YAML", "Date", "URI", "System", "Path", "Encoding", "Activator", "Environment",
        "Directory", "Regex", "Thread", "Monitor", "Interlocked", "Expression", "Enum", "Nullable", "socket", "pathlib",
        "statistics", "unicode", "bufio", "slices", "maps", "zlib", "gzip", "email", "calendar", "decimal", "numbers",
    }
)  # fmt: skip

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
"""Their capitalised names without an import are the language's own: Object.keys."""

_EXCEPTION_ENDINGS = ("Error", "Exception", "Warning", "Exit", "Interrupt")


_EVERYWHERE = frozenset(
    {
        "fspath", "fsdecode", "fsencode", "Any", "All", "Select", "Where", "First", "FirstOrDefault", "Single",
        "ToList", "ToArray", "Contains", "ContainsKey", "Add", "AddRange", "Cast", "OfType", "Count", "Sum", "Max",
        "Min",
    }
)  # fmt: skip
"""Functions that take any object from one form to another, and C#'s methods of all collections."""


def tells(call: Call, language: str, house: str) -> bool:
    """Whether a call is of a foreign API worth wrapping by a house name.

    Errors are none: who makes one stands before nothing. A C or PHP library's function is one for its own namesake.
    """
    last = call.full.rpartition(".")[2]
    if not last or last.startswith("_") or last in _EVERYWHERE:
        return False
    if any(part.endswith(_EXCEPTION_ENDINGS) for part in call.full.split(".")[-2:]):
        return False
    if "." not in call.full:
        foreign = language in BY_SIGHT and call.full[0].isupper() and call.full not in builtin_names(language)
        return call.full in COMMON_BUILTINS or foreign or (language in PLAIN and kin(house, call.full) == BEARS)
    return not call.full[0].isupper() or language not in _SCRIPTS


def is_neutral(full: str) -> bool:
    """Whether the package is called inside of everything: only a name that is kin stands before what is in it."""
    return full.partition(".")[0].partition("/")[0] in _NEUTRAL
