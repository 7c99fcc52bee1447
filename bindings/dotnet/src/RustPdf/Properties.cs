using System.Runtime.CompilerServices;

// The functions of native libraries take numbers and pointers alone, so that no marshalling code is made at run time.
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("RustPdf.Tests")]
