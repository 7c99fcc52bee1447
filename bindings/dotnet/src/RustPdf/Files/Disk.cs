using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RustPdf;

/// <summary>
/// What the class library does not tell of files or cannot do with them: by libc on Linux, whose numbers here are those of all its
/// architectures; elsewhere by what comes next.
/// </summary>
internal static class Disk
{
    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    /// <summary>What is at a path, or nothing.</summary>
    internal static FileStatus? Status(string path, bool follow = true)
    {
        if (!IsLinux) return StatusOf(new FileInfo(path));
        if (statx(CurrentFolder, path, follow ? 0 : NoFollow, BasicStatus, out var status) == 0) return Of(status);
        var error = Marshal.GetLastWin32Error();
        return error == NotFound || error == NoFolder ? (FileStatus?)null : throw Failure(error, path);
    }

    /// <summary>What an open file is.</summary>
    internal static FileStatus Status(FileStream file)
    {
        if (!IsLinux) return StatusOf(new FileInfo(file.Name)) ?? throw RustPdfException.FileChanged();
        if (statx(file.SafeFileHandle, "", EmptyPath, BasicStatus, out var status) == 0) return Of(status);
        throw Failure(Marshal.GetLastWin32Error(), "the open file");
    }

    /// <summary>The path without links.</summary>
    internal static string RealPath(string path)
    {
        if (path == null) throw new ArgumentNullException(nameof(path));
        if (path.Length == 0) throw new ArgumentException("the path is empty", nameof(path));
        var full = Path.GetFullPath(path);
        if (!IsLinux) return full;
        var real = realpath(full, IntPtr.Zero);
        if (real == IntPtr.Zero) throw Failure(Marshal.GetLastWin32Error(), full);
        try
        {
            return Marshal.PtrToStringUTF8(real)!;
        }
        finally
        {
            free(real);
        }
    }

    /// <summary>Opens a file to read it. A pipe is not waited for.</summary>
    internal static FileStream OpenRead(string path) =>
        IsLinux ? new FileStream(Open(path, ReadOnly | NonBlocking, 0), FileAccess.Read, Unbuffered)
            : new FileStream(path, FileMode.Open, FileAccess.Read, Shared, Unbuffered);

    internal static FileStream OpenReadWrite(string path) =>
        IsLinux ? new FileStream(Open(path, ReadWrite | NonBlocking, 0), FileAccess.ReadWrite, Unbuffered)
            : new FileStream(path, FileMode.Open, FileAccess.ReadWrite, Shared, Unbuffered);

    /// <summary>Makes a file that nothing may be in the place of.</summary>
    internal static FileStream Create(string path, int mode) =>
        IsLinux ? new FileStream(Open(path, ReadWrite | CreateFile | Exclusive, mode), FileAccess.ReadWrite, Unbuffered)
            : new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, Shared, Unbuffered);

    internal static void SetMode(FileStream file, int mode)
    {
        if (IsLinux && fchmod(file.SafeFileHandle, (uint)mode) != 0) throw Failure(Marshal.GetLastWin32Error(), file.Name);
    }

    /// <summary>
    /// Gives a file a name that nothing has yet. Where files cannot have a second name it is renamed. Tells whether it was free.
    /// </summary>
    internal static bool NameOnce(string from, string to)
    {
        if (IsLinux)
        {
            if (link(from, to) == 0) return true;
            var error = Marshal.GetLastWin32Error();
            if (error == Exists || Status(to, follow: false) != null) return false;
            if (error != NotPermitted && error != NotSupported && error != NotImplemented) throw Failure(error, to);
        }
        else if (Status(to) != null)
        {
            return false;
        }
        File.Move(from, to);
        return true;
    }

    /// <summary>Sees to it that the names in the folder of <paramref name="path"/> are on the disk.</summary>
    internal static void SyncFolder(string path)
    {
        if (!IsLinux) return; // Windows opens no folders, and its journal keeps names
        using var folder = Open(Path.GetDirectoryName(path)!, ReadOnly, 0);
        if (fsync(folder) != 0) throw Failure(Marshal.GetLastWin32Error(), path);
    }

    /// <summary>Has what was written so far brought to the disk. The system tells a failure once: not again where all is synced.</summary>
    internal static void SyncBeside(FileStream file)
    {
        if (IsLinux && fdatasync(file.SafeFileHandle) != 0) throw Failure(Marshal.GetLastWin32Error(), file.Name);
    }

    /// <summary>Errors: the system's, where files cannot be made in the folder of <paramref name="path"/>.</summary>
    internal static void RequireWritableFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (IsLinux && access(folder, ReadAndWrite) != 0) throw Failure(Marshal.GetLastWin32Error(), folder);
    }

    /// <summary>Whether a file is of the user who asks.</summary>
    internal static bool IsOwn(FileStatus file) => !IsLinux || file.Owner == geteuid();

    private static SafeFileHandle Open(string path, int flags, int mode)
    {
        var handle = open(path, flags | CloseOnExec, (uint)mode);
        return handle.IsInvalid ? throw Failure(Marshal.GetLastWin32Error(), path) : handle;
    }

    private static FileStatus Of(in Statx status) =>
        new FileStatus(
            ((ulong)status.DeviceMajor << 32 | status.DeviceMinor, status.Number, ""),
            (long)status.Size,
            (status.ModifiedSeconds, status.ModifiedNanoseconds),
            (status.ChangedSeconds, status.ChangedNanoseconds),
            status.Mode & 0x1FF,
            status.Owner,
            (status.Mode & 0xF000) == 0x8000);

    private static FileStatus? StatusOf(FileInfo file)
    {
        if (!file.Exists) return null;
        var modified = file.LastWriteTimeUtc.Ticks;
        return new FileStatus((0, 0, file.FullName), file.Length, (modified, 0), (modified, 0), 0x1B6, 0, isRegular: true);
    }

    /// <summary>The exception that .NET has for what the system said.</summary>
    private static Exception Failure(int error, string path)
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

    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;
    private const int Unbuffered = 1;

    // <fcntl.h>, <sys/stat.h>, <unistd.h>
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int CreateFile = 0x40;
    private const int Exclusive = 0x80;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int ReadAndWrite = 6;

    // <errno.h>
    private const int NotPermitted = 1;
    private const int NotFound = 2;
    private const int AccessDenied = 13;
    private const int Exists = 17;
    private const int NoFolder = 20;
    private const int NameTooLong = 36;
    private const int NotImplemented = 38;
    private const int NotSupported = 95;

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int folder, string path, int flags, uint mask, out Statx status);

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(SafeFileHandle file, string path, int flags, uint mask, out Statx status);

    [DllImport("libc", SetLastError = true)]
    private static extern SafeFileHandle open(string path, int flags, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern IntPtr realpath(string path, IntPtr buffer);

    [DllImport("libc")]
    private static extern void free(IntPtr memory);

    [DllImport("libc", SetLastError = true)]
    private static extern int link(string from, string to);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchmod(SafeFileHandle file, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int access(string path, int mode);

    [DllImport("libc")]
    private static extern uint geteuid();

    /// <summary><c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(20)]
        internal uint Owner;
        [FieldOffset(28)]
        internal ushort Mode;
        [FieldOffset(32)]
        internal ulong Number;
        [FieldOffset(40)]
        internal ulong Size;
        [FieldOffset(96)]
        internal long ChangedSeconds;
        [FieldOffset(104)]
        internal uint ChangedNanoseconds;
        [FieldOffset(112)]
        internal long ModifiedSeconds;
        [FieldOffset(120)]
        internal uint ModifiedNanoseconds;
        [FieldOffset(136)]
        internal uint DeviceMajor;
        [FieldOffset(140)]
        internal uint DeviceMinor;
    }
}
