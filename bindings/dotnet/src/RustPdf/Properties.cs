using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("RustPdf.Tests")]
