# SPDX-License-Identifier: BSD-2-Clause
"""
The examples of the manual and of README do what they say: each command is run
as it stands there, in a network of its own in which every host is

    10.77.0.1, 10.77.0.2, 192.0.2.1, 192.0.2.7   on loopback

and examples.py says how. A command that it does not know fails the test, so
that no example goes untested. What README has on building is run by
tests/newcomer.sh and tests/package.sh.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

from examples import PRELUDE, RUNS

TOP = pathlib.Path(os.path.abspath(os.environ.get("top_srcdir", ".")))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
TOOLS = {"thrulay": ["thrulay", "thrulayd"], "udpst": ["udpst"],
         "msak": ["generate-schema", "minimal-download", "msak-client",
                  "msak-latency", "msak-server"],
         "pathrate": ["pathrate_rcv", "pathrate_snd"],
         "udping": ["udping_client", "udping_server"]}
OTHERS = ["curl", "jq", "openssl"]
BUILDING = ["Try it", "Install"]
DEADLINE_S = 100
TRIES = 5


def tidy(text):
    """A command of several lines as one."""
    return " ".join(text.replace("\\\n", " ").split())


def unfinished(text):
    """Whether a command goes on in the next line."""
    return text.endswith(("\\", "|", "&&")) or text.count("'") % 2 == 1


def prompted(lines):
    """The commands behind prompts; what they print stands between them."""
    lines = iter(lines)
    for line in lines:
        if not line.startswith("$ "):
            continue
        text = line[2:]
        while unfinished(text):
            text += "\n" + next(lines)
        yield tidy(text)


def plain(line):
    """A line of mdoc as it is printed."""
    for escape, char in (("\\e", "\\"), ("\\(aq", "'"), ("\\(dq", '"'),
                         ("\\&", "")):
        line = line.replace(escape, char)
    return line


def display(line):
    """The argument of .Dl, without the prompt of root."""
    text = plain(re.sub(r'^"(.*)"$', r"\1", line[4:].strip()))
    return tidy(text.removeprefix("# "))


def examples(page):
    """The commands of the section EXAMPLES."""
    block = None
    inside = False
    for line in page.splitlines():
        if line.startswith(".Sh "):
            inside = line == ".Sh EXAMPLES"
        elif inside and line.startswith(".Dl "):
            yield display(line)
        elif inside and line.startswith(".Bd "):
            block = []
        elif line.startswith(".Ed") and block is not None:
            if any(text.startswith("$ ") for text in block):
                yield from prompted(block)
            else:
                yield tidy("\n".join(block))
            block = None
        elif block is not None:
            block.append(plain(line))


def sections(readme):
    """Headings, and the text below them."""
    parts = re.split(r"(?m)^(.+)\n-+\n", readme)
    return list(zip(parts[1::2], parts[2::2]))


def blocks(text):
    """The indented paragraphs, as lists of lines without the indentation."""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.strip("\n").splitlines()
        if lines and all(line.startswith("  ") for line in lines):
            yield [line[2:] for line in lines]


def is_command(word):
    return word.startswith("./") or shutil.which(word) is not None or \
        any(word in names for names in TOOLS.values())


def unprompted(text):
    """Lines of README that look like commands, without a prompt. Tables have
    columns."""
    return [line for block in blocks(text)
            if not any(line.startswith("$ ") for line in block)
            for line in block
            if not re.search(r"\S {2,}\S", line) and
            is_command(line.split(" ")[0])]


def commands():
    """(where, command) of all."""
    for path in sorted(TOP.glob("man/*.[1-8]")):
        for command in examples(path.read_text()):
            yield path.name, command
    for heading, text in sections((TOP / "README").read_text()):
        if heading not in BUILDING:
            for block in blocks(text):
                for command in prompted(block):
                    yield "README", command


ALL = list(commands())


SAMPLE = r""".Sh EXAMPLES
.Dl "a | jq \(aq.b\(aq"
.Dl # c -d
.Bd -literal -offset indent
$ e \e
    -f
what it prints
$ g
.Ed
.Bd -literal
h \e
    -i
.Ed
.Sh FILES
.Dl none
"""
SAMPLE_README = """
Heading
-------

Text about `ls`:

  $ one | jq \\
    'a |
    b'
  output
  $ two

  make it

  make check    a table
    make that
"""


def test_commands_are_found():
    assert list(examples(SAMPLE)) == ["a | jq '.b'", "c -d", "e -f", "g",
                                      "h -i"]
    (heading, text), = sections(SAMPLE_README)
    assert heading == "Heading"
    assert [c for b in blocks(text) for c in prompted(b)] == \
        ["one | jq 'a | b'", "two"]
    assert unprompted(text) == ["make it"]


def test_every_command_is_known():
    assert len(ALL) > 60
    assert [c for c in ALL if c[1] not in RUNS] == []


def test_nothing_is_known_in_vain():
    assert sorted(set(RUNS) - {command for _, command in ALL}) == []


def test_commands_of_readme_have_a_prompt():
    assert unprompted((TOP / "README").read_text()) == []


def elsewhere(text, folder):
    """The same with hosts and folders of the test."""
    text = re.sub(r"\b(server|sender|far)\.example\.net\b|"
                  r"(?<=[ ])host(?=[: ]|$)", "10.77.0.2", text)
    text = text.replace("/var/lib/prometheus/node-exporter", "/run")
    text = text.replace("/var/", "/")
    return re.sub(r"(?<![\w.$/])/(etc|run|log|spool)/", rf"{folder}/\1/", text)


def script(run, command, folder):
    text = command
    for old, new in run.swap.items():
        text = text.replace(old, new)
    text = elsewhere(text, folder)
    lines = [PRELUDE, run.before]
    if run.then:
        lines += ["{", text, "} >example.out 2>example.err </dev/null &",
                  "{", run.then, "} >said"]
    else:
        lines += ["{", text, "} >said </dev/null"]
    return "\n".join(lines)


def missing(text):
    """A program that is not built or not installed."""
    for folder, names in TOOLS.items():
        for name in names:
            if re.search(rf"\b{name}\b(?!\.)", text) and \
                    not os.path.exists(f"{BUILD}/{folder}/{name}"):
                return name
    for name in OTHERS:
        if re.search(rf"\b{name} ", text) and not shutil.which(name):
            return name
    return None


def environment():
    folders = [f"{BUILD}/{folder}" for folder in TOOLS]
    return {**os.environ, "top_srcdir": str(TOP), "PYTHON": sys.executable,
            "PATH": ":".join(folders + [os.environ["PATH"]])}


def own_network():
    """What puts a script into a network and a process tree of its own, which
    is gone when the script has ended."""
    words = ["unshare", "--net", "--pid", "--fork", "--kill-child",
             "--mount-proc"]
    done = subprocess.run([*words, "true"], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no namespaces: " + done.stderr.decode().strip())
    return words


def content(path):
    return path.read_text(errors="replace") if path.exists() else ""


def once(run, command, folder):
    """The exit status, and what it said by the name of the file."""
    with open(folder / "errors", "wb") as errors:
        done = subprocess.run(
            [*own_network(), "sh", "-c", script(run, command, folder)],
            cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
            stdout=errors, stderr=errors, timeout=DEADLINE_S, check=False)
    return done.returncode, {name: content(folder / name) for name in (
        "errors", "example.out", "example.err", "server", "said")}


@pytest.mark.parametrize("where, command", ALL, ids=[
    f"{where}-{n}" for n, (where, _) in enumerate(ALL)])
def test_example(where, command):
    """Again, should a busy host have spoilt it."""
    assert command in RUNS, f"{where}: not in examples.py: {command}"
    run = RUNS[command]
    name = missing(script(run, command, "."))
    if name is not None:
        pytest.skip(f"{name} is not here")
    for _ in range(TRIES):
        # Servers get at their files after they have given up root.
        with tempfile.TemporaryDirectory(prefix="examples-") as folder:
            os.chmod(folder, 0o711)
            status, texts = once(run, command, pathlib.Path(folder))
        if status == 0 and re.search(run.says, texts["said"]):
            return
        print(f"{where}: {command}\nstatus {status}")
        for name, said in texts.items():
            print(f"--- {name}\n{said[-3000:]}")
    pytest.fail(f"status {status}, wanted: {run.says}")
