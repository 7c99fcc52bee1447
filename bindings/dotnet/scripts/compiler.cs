// csc, as far as it is needed: takes its options, and gives its diagnostics. Roslyn comes as a library, without its command line.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

static class Compiler
{
	static int Main(string[] arguments)
	{
		var given = CSharpCommandLineParser.Default.Parse(arguments, Directory.GetCurrentDirectory(), null, null);
		foreach (var error in given.Errors) Console.Error.WriteLine(error);
		if (given.Errors.Any()) return 1;
		var trees = given.SourceFiles.Select(source => Parse(source.Path, given)).ToArray();
		var references = given.MetadataReferences.Select(one => (MetadataReference)MetadataReference.CreateFromFile(one.Reference)).ToArray();
		var name = Path.GetFileNameWithoutExtension(given.OutputFileName);
		var compilation = CSharpCompilation.Create(name, trees, references, given.CompilationOptions);
		var output = Path.Combine(given.OutputDirectory, given.OutputFileName);
		var options = given.EmitOptions.WithDebugInformationFormat(DebugInformationFormat.Embedded);
		EmitResult result;
		using (var file = File.Create(output))
		using (var documentation = given.DocumentationPath == null ? null : File.Create(given.DocumentationPath))
			result = compilation.Emit(file, xmlDocumentationStream: documentation, options: options);
		foreach (var found in result.Diagnostics)
			if (found.Severity >= DiagnosticSeverity.Warning && !found.IsSuppressed) Console.Error.WriteLine(found);
		if (!result.Success) File.Delete(output);
		return result.Success ? 0 : 1;
	}

	static SyntaxTree Parse(string path, CSharpCommandLineArguments given)
	{
		return CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(path), Encoding.UTF8), given.ParseOptions, path);
	}
}
