# The compiler and the runtime that scripts/setup.sh installed, as functions: source this in bindings/dotnet.
tools=$PWD/.toolchain
framework=$tools/dotnetcore2/bin/shared/Microsoft.NETCore.App/3.1.23
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 LD_LIBRARY_PATH=$tools/openssl/psycopg2_binary.libs

dotnet() { # what is run by CoreCLR
  "$tools/dotnetcore2/bin/dotnet" exec --runtimeconfig "$tools/package/AutoRest.CSharp.runtimeconfig.json" "$@"
}

csc() { # options of csc; C# 10, nullable, warnings are errors (but for parameters whose words are inherited)
  local references=()
  for assembly in "$framework"/System*.dll "$framework"/netstandard.dll "$framework"/Microsoft.Win32.Primitives.dll; do
    case $assembly in *Native*) ;; *) references+=("-r:$assembly") ;; esac
  done
  dotnet --depsfile "$tools/package/AutoRest.CSharp.deps.json" "$tools/package/compiler.dll" -nologo -langversion:10 -nullable:enable \
    -warnaserror+ -warn:9 -nowarn:1573 -deterministic -optimize+ -nostdlib+ "${references[@]}" "$@"
}
