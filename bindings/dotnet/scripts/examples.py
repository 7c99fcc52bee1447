"""Writes the examples of the documentation comments as one program: examples.py RustPdf.xml SOURCE… >Examples.cs

Each example is a method, which runs in a folder of its own. Fails if a public call of the sources has no example.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

CLASS = re.compile(r"^public (?:static|sealed|abstract)(?: partial)? class (Pdf|\w+Session|PreparedSigning|SigningBatch)\b", re.MULTILINE)
CALL = re.compile(r"^    public (?:static )?(?:async )?[\w<>\[\]?]+ (\w+)\(", re.MULTILINE)

examples = [
    (member.get("name"), code.text)
    for member in ElementTree.parse(sys.argv[1]).iter("member")
    for code in member.iterfind("example/code")
]
for path in sys.argv[2:]:
    source = Path(path).read_text()
    for name in CLASS.findall(source):
        for call in CALL.findall(source):
            if not any(member.split("(")[0] == f"M:RustPdf.{name}.{call}" for member, _ in examples):
                sys.exit(f"{path}: {name}.{call} has no example")

methods = "\n".join(
    f"    // {name}\n    private static async Task Example{index}()\n    {{\n{code}\n    }}\n"
    for index, (name, code) in enumerate(examples)
)
names = ", ".join(f"Example{index}" for index in range(len(examples)))
print(f"""using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using RustPdf;

internal static partial class Examples
{{
    private static readonly Func<Task>[] All = {{ {names} }};

{methods}}}""")
