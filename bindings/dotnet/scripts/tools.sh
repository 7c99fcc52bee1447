# The compiler and the runtime that scripts/setup.sh installed, as functions: source this in bindings/dotnet.
tools=$PWD/.toolchain
framework=$tools/runtime/shared/Microsoft.NETCore.App/8.0.4
config=$tools/runtimeconfig.json
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

dotnet() { # what is run by CoreCLR
  "$tools/runtime/dotnet" exec --runtimeconfig "$config" "$@"
}

csc() { # options of csc; C# 12, nullable, warnings are errors (but for parameters whose documentation is inherited)
  local references=()
  for assembly in "$framework"/System*.dll "$framework"/netstandard.dll "$framework"/Microsoft.Win32.Primitives.dll; do
    case $assembly in *Native*) ;; *) references+=("-r:$assembly") ;; esac
  done
  dotnet "$tools/roslyn/compiler.dll" -nologo -langversion:12 -nullable:enable \
    -warnaserror+ -warn:9999 -nowarn:1573,1701 -deterministic -optimize+ -nostdlib+ "${references[@]}" "$@"
}
