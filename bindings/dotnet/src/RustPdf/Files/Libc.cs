using System;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The calls of Linux that the class library lacks. The numbers are those of all its architectures.</summary>
internal static unsafe class Libc
{
    // <errno.h>
    internal const int AlreadyExists = 17;
    private const int NotPermitted = 1;
    private const int NotFound = 2;
    private const int AccessDenied = 13;
    private const int NoFolder = 20;
    private const int InvalidArgument = 22;
    private const int NameTooLong = 36;
    private const int NotSupported = 95;

    // <fcntl.h>, <sys/stat.h>
    private const int CurrentFolder = -100;
    private const int NoFollowAtPath = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFacts = 0x7FF;
    private const int WriteAtTheEnd = 1 | 0x400;
    private const int ReadWrite = 2;
    private const int CreateExclusively = 0x40 | 0x80;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary><c>O_NOFOLLOW</c>, which ARM gives another number.</summary>
    private static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 0x20000 : 0x8000;

    /// <summary>Whether this is Linux. Elsewhere the functions do as much as the class library can.</summary>
    [SupportedOSPlatformGuard("linux")]
    internal static bool IsThere { get; } = OperatingSystem.IsLinux();

    /// <summary>The kind of a failure, as the core names it.</summary>
    internal static FailureKind Kind(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => FailureKind.Missing,
        UnauthorizedAccessException => FailureKind.Denied,
        NotSupportedException => FailureKind.Unsupported,
        ArgumentOutOfRangeException => FailureKind.NoSpace, // RandomAccess throws it for EFBIG
        IOException => error.HResult switch
        {
            AlreadyExists or unchecked((int)0x80070050) => FailureKind.Exists,
            30 => FailureKind.Denied, // EROFS
            InvalidArgument or NotSupported or 38 or 18 or 31 => FailureKind.Unsupported, // ENOSYS, EXDEV, EMLINK
            28 or 122 or 27 or unchecked((int)0x80070070) => FailureKind.NoSpace, // ENOSPC, EDQUOT, EFBIG
            16 or 26 or 11 or unchecked((int)0x80070020) => FailureKind.Busy, // EBUSY, ETXTBSY, EAGAIN
            _ => FailureKind.Other,
        },
        _ => FailureKind.Other,
    };

    /// <summary>The exception that .NET has for an error of the system.</summary>
    internal static Exception Failure(int error, string path)
    {
        var message = $"{new Win32Exception(error).Message}: {path}";
        return error switch
        {
            NotFound => new FileNotFoundException(message, path),
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            NoFolder => new DirectoryNotFoundException(message),
            NameTooLong => new PathTooLongException(message),
            _ => new IOException(message, error),
        };
    }

    /// <summary>Facts of a name, or of the link that it is.</summary>
    internal static Stat StatOf(string path) => StatOf(path, out _);

    internal static Stat StatOf(SafeFileHandle file, string path)
    {
        if (!IsThere) return StatOf(new FileInfo(path));
        Statx facts;
        byte none = 0;
        var (into, empty) = ((nint)(&facts), (nint)(&none));
        var error = With(file, number => ErrorOfStatx(number, (byte*)empty, EmptyPath, (Statx*)into));
        return StatOf(error, facts, path);
    }

    /// <summary>Whether anything has this name. A name that is too long throws.</summary>
    internal static bool Exists(string path)
    {
        var found = StatOf(path, out var error).Type != FileKind.Missing;
        if (error == NameTooLong) throw Failure(error, path);
        return found;
    }

    internal static SafeFileHandle Open(string path, Access access) =>
        Open(path, access switch { Access.Read => 0, Access.Write => ReadWrite, _ => WriteAtTheEnd } | NoFollow | NonBlocking, 0);

    internal static SafeFileHandle Create(string path, int mode) => Open(path, ReadWrite | CreateExclusively, mode);

    internal static string RealPath(string path)
    {
        if (!IsThere) return Path.GetFullPath(path);
        fixed (byte* name = Text(path))
        {
            var real = realpath(name, null);
            Check(real == null ? Marshal.GetLastSystemError() : 0, path);
            try
            {
                return Marshal.PtrToStringUTF8((nint)real)!;
            }
            finally
            {
                free(real);
            }
        }
    }

    internal static void Link(string from, string to)
    {
        if (!IsThere) throw new PlatformNotSupportedException("this system gives files no second name");
        fixed (byte* old = Text(from), name = Text(to)) Check(link(old, name) == 0 ? 0 : Marshal.GetLastSystemError(), to);
    }

    internal static void Permit(SafeFileHandle file, long? owner, long? group, long? mode)
    {
        const uint Unchanged = uint.MaxValue;
        if (!IsThere) return;
        if ((owner ?? group) != null)
        {
            var error = With(file, number =>
                fchown(number, (uint)(owner ?? Unchanged), (uint)(group ?? Unchanged)) == 0 ? 0 : Marshal.GetLastSystemError());
            Check(error, "the owner of a file");
        }
        if (mode != null) File.SetUnixFileMode(file, (UnixFileMode)(int)mode);
    }

    /// <summary>Brings the names in a folder to the disk, on a file system that can.</summary>
    internal static void SyncFolder(string path)
    {
        if (!IsThere) return;
        using var folder = Open(path, 0, 0);
        var error = With(folder, number => fsync(number) == 0 ? 0 : Marshal.GetLastSystemError());
        if (error is not (InvalidArgument or NotSupported)) Check(error, path);
    }

    /// <summary>Has the system begin to write a range of a file to the disk. A failure is reported when the file is synced.</summary>
    internal static void BeginWriteBack(SafeFileHandle file, long offset, long length)
    {
        const uint BeginToWrite = 2;
        if (IsThere) With(file, number => sync_file_range(number, offset, length, BeginToWrite));
    }

    /// <summary>Whether a process with this number is there.</summary>
    internal static bool Lives(long pid)
    {
        if (!IsThere) return OtherSystem.Lives(pid);
        return pid is > 0 and <= int.MaxValue && (kill((int)pid, 0) == 0 || Marshal.GetLastSystemError() == NotPermitted);
    }

    internal static uint User() => IsThere ? geteuid() : 0;

    /// <summary>The name of the PID namespace; empty if the system has none.</summary>
    internal static string PidNamespace()
    {
        Statx facts;
        if (!IsThere) return "";
        fixed (byte* name = Text("/proc/self/ns/pid"))
            return ErrorOfStatx(CurrentFolder, name, 0, &facts) == 0 ? $"pid:[{facts.Inode}]" : "";
    }

    private static void Check(int error, string path)
    {
        if (error != 0) throw Failure(error, path);
    }

    /// <summary>Calls with the number of an open file, which stays open meanwhile.</summary>
    private static int With(SafeFileHandle file, Func<int, int> call)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return call((int)file.DangerousGetHandle());
        }
        finally
        {
            if (isHeld) file.DangerousRelease();
        }
    }

    /// <summary>A text for libc, which ends with a zero.</summary>
    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static SafeFileHandle Open(string path, int flags, int mode)
    {
        fixed (byte* name = Text(path))
        {
            var number = open(name, flags | CloseOnExec, (uint)mode);
            Check(number < 0 ? Marshal.GetLastSystemError() : 0, path);
            return new SafeFileHandle(number, ownsHandle: true);
        }
    }

    /// <summary>The error of <c>statx</c>; 0 if there is none.</summary>
    private static int ErrorOfStatx(int folder, byte* path, int flags, Statx* facts) =>
        statx(folder, path, flags, BasicFacts, facts) == 0 ? 0 : Marshal.GetLastSystemError();

    private static Stat StatOf(string path, out int error)
    {
        error = 0;
        if (IsThere)
        {
            Statx facts;
            fixed (byte* name = Text(path)) error = ErrorOfStatx(CurrentFolder, name, NoFollowAtPath, &facts);
            return StatOf(error, facts, path);
        }
        if (Directory.Exists(path)) return StatOf(new DirectoryInfo(path), FileKind.Folder, 0);
        return File.Exists(path) ? StatOf(new FileInfo(path)) : new Stat { Type = FileKind.Missing };
    }

    private static Stat StatOf(int error, in Statx facts, string path)
    {
        if (error is NotFound or NoFolder or NameTooLong) return new Stat { Type = FileKind.Missing };
        Check(error, path);
        return new Stat
        {
            Type = (facts.Mode & 0xF000) switch
            {
                0x8000 => FileKind.File,
                0xA000 => FileKind.Link,
                0x4000 => FileKind.Folder,
                _ => FileKind.Other,
            },
            Identity = $"{facts.DeviceMajor:x}:{facts.DeviceMinor:x}:{facts.Inode:x}",
            Size = (long)facts.Size,
            Mode = facts.Mode & 0x1FF,
            Owner = facts.Owner,
            Group = facts.Group,
            Links = facts.Links,
            Modified = facts.Modified.Nanoseconds,
            Changed = facts.Changed.Nanoseconds,
        };
    }

    private static Stat StatOf(FileInfo file) => StatOf(file, FileKind.File, file.Length);

    /// <summary>Facts of a file as far as the class library knows them. The full path stands for the identity.</summary>
    private static Stat StatOf(FileSystemInfo entry, FileKind type, long size)
    {
        var modified = ((decimal)(entry.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
        return new Stat
        {
            Type = type,
            Identity = entry.FullName,
            Size = size,
            Mode = 384, // rw-------, as the protocol has it for systems without permissions
            Owner = 0,
            Group = 0,
            Links = 1,
            Modified = modified,
            Changed = modified,
        };
    }

    [DllImport("libc")]
    private static extern int statx(int folder, byte* path, int flags, uint mask, Statx* facts);

    [DllImport("libc")]
    private static extern int open(byte* path, int flags, uint mode);

    [DllImport("libc")]
    private static extern byte* realpath(byte* path, byte* buffer);

    [DllImport("libc")]
    private static extern void free(byte* memory);

    [DllImport("libc")]
    private static extern int link(byte* from, byte* to);

    [DllImport("libc")]
    private static extern int fsync(int file);

    [DllImport("libc")]
    private static extern int sync_file_range(int file, long offset, long length, uint flags);

    [DllImport("libc")]
    private static extern int fchown(int file, uint owner, uint group);

    [DllImport("libc")]
    private static extern uint geteuid();

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    /// <summary><c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct Statx
    {
        internal uint Mask, BlockSize;
        internal ulong Attributes;
        internal uint Links, Owner, Group;
        internal ushort Mode;
        internal ulong Inode, Size, Blocks, AttributesMask;
        internal Timestamp Accessed, Born, Changed, Modified;
        internal uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;
    }

    /// <summary><c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Timestamp
    {
        private readonly long seconds;
        private readonly uint fraction;

        /// <summary>Nanoseconds since 1970, as decimal text.</summary>
        internal readonly string Nanoseconds => ((decimal)seconds * 1_000_000_000 + fraction).ToString(CultureInfo.InvariantCulture);
    }
}
