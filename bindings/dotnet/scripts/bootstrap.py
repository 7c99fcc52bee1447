"""Compiles compiler.cs by Roslyn, which comes as a library and cannot compile its own driver from a command line.

Usage: bootstrap.py RUNTIME FRAMEWORK ROSLYN RUNTIMECONFIG SOURCE OUTPUT, all of them paths. Needs pythonnet.
"""

import sys
from pathlib import Path

from clr_loader import get_coreclr
from pythonnet import set_runtime

runtime, framework, roslyn, config, source, output = (Path(argument).resolve() for argument in sys.argv[1:])
set_runtime(get_coreclr(runtime_config=config, dotnet_root=runtime))

import clr  # noqa: E402, the runtime has to be chosen first

libraries = [roslyn / f"Microsoft.CodeAnalysis{name}.dll" for name in ("", ".CSharp")]
for library in libraries:
    clr.AddReference(str(library))

import System  # noqa: E402
from Microsoft.CodeAnalysis import MetadataReference, OutputKind, SyntaxTree  # noqa: E402
from Microsoft.CodeAnalysis.CSharp import CSharpCompilation, CSharpCompilationOptions, CSharpSyntaxTree  # noqa: E402

references = [path for path in sorted(framework.glob("System*.dll")) if "Native" not in path.name] + libraries
compilation = CSharpCompilation.Create(
    "compiler",
    System.Array[SyntaxTree]([CSharpSyntaxTree.ParseText(source.read_text())]),
    System.Array[MetadataReference]([MetadataReference.CreateFromFile(str(path)) for path in references]),
    CSharpCompilationOptions(OutputKind.ConsoleApplication),
)
file = System.IO.File.Create(str(output))
result = compilation.Emit(file)
file.Close()
if not result.Success:
    sys.exit("\n".join(found.ToString() for found in result.Diagnostics))
