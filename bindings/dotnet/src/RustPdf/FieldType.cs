namespace RustPdf;

/// <summary>Type of a form field (<c>/FT</c>, ISO 32000-2, table 226).</summary>
public enum FieldType
{
    /// <summary>The document does not say.</summary>
    Unknown,

    /// <summary>Signature field (<c>Sig</c>).</summary>
    Signature,

    /// <summary>Text field (<c>Tx</c>).</summary>
    Text,

    /// <summary>Button, check box or radio button (<c>Btn</c>).</summary>
    Button,

    /// <summary>List or combo box (<c>Ch</c>).</summary>
    Choice,
}

internal static class FieldTypeNames
{
    internal static FieldType Parse(string? value) => value switch
    {
        "" => FieldType.Unknown,
        "Sig" => FieldType.Signature,
        "Tx" => FieldType.Text,
        "Btn" => FieldType.Button,
        "Ch" => FieldType.Choice,
        _ => throw HostError.UnknownStep($"the unknown value {value}"),
    };
}
