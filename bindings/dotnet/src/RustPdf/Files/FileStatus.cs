using System;

namespace RustPdf;

/// <summary>What the system says of a file: equal, it is the same file with the same contents, as far as that can be told.</summary>
internal readonly struct FileStatus : IEquatable<FileStatus>
{
    internal FileStatus(
        (ulong, ulong, string) identity, long length, (long, long) modified, (long, long) changed, int mode, uint owner, bool isRegular)
    {
        Identity = identity;
        Length = length;
        Modified = modified;
        Changed = changed;
        Mode = mode;
        Owner = owner;
        IsRegular = isRegular;
    }

    /// <summary>Device and number; the path where the system tells none.</summary>
    internal (ulong Device, ulong Number, string Path) Identity { get; }

    internal long Length { get; }

    /// <summary>When it was written to.</summary>
    internal (long, long) Modified { get; }

    /// <summary>When anything of it was changed: what was written to may have been given its old time again.</summary>
    internal (long, long) Changed { get; }

    /// <summary>The permissions.</summary>
    internal int Mode { get; }

    /// <summary>The user whose it is.</summary>
    internal uint Owner { get; }

    internal bool IsRegular { get; }

    internal bool IsSameFile(FileStatus other) => Identity == other.Identity;

    public bool Equals(FileStatus other) =>
        IsSameFile(other) && Length == other.Length && Modified == other.Modified && Changed == other.Changed;

    public override bool Equals(object? other) => other is FileStatus status && Equals(status);

    public override int GetHashCode() => Identity.GetHashCode();
}
