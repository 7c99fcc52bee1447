using System;
using System.Runtime.InteropServices;

namespace RustPdf;

/// <summary>The functions of the native library: frames in, frames out.</summary>
internal static unsafe class Core
{
    private const string Library = "rustpdf";

    private delegate void Call(byte* frame, UIntPtr length, out NativeFrame given);

    /// <summary>A machine that a start frame starts; a frame that cannot be read is told by its first step.</summary>
    internal static Machine Start(ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame) return rustpdf_machine_new(first, (UIntPtr)frame.Length);
    }

    /// <summary>Gives a machine the answer to its question, and takes its next step.</summary>
    internal static Frame Next(Machine machine, ReadOnlySpan<byte> answer)
    {
        fixed (byte* first = answer)
        {
            rustpdf_machine_next(machine, first, (UIntPtr)answer.Length, out var step);
            return Taken(step);
        }
    }

    internal static Frame Complete(ReadOnlySpan<byte> frame) => Of(rustpdf_complete, frame);

    internal static Frame Journal(ReadOnlySpan<byte> frame) => Of(rustpdf_journal, frame);

    private static Frame Of(Call call, ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame)
        {
            call(first, (UIntPtr)frame.Length, out var given);
            return Taken(given);
        }
    }

    private static Frame Taken(NativeFrame frame)
    {
        try
        {
            return Frame.Decode(new ReadOnlySpan<byte>(frame.Data, checked((int)frame.Length)));
        }
        finally
        {
            rustpdf_free(frame.Data, frame.Length);
        }
    }

    [DllImport(Library)]
    private static extern Machine rustpdf_machine_new(byte* frame, UIntPtr length);

    [DllImport(Library)]
    private static extern void rustpdf_machine_next(Machine machine, byte* frame, UIntPtr length, out NativeFrame step);

    [DllImport(Library)]
    private static extern void rustpdf_machine_free(IntPtr machine);

    [DllImport(Library)]
    private static extern void rustpdf_complete(byte* frame, UIntPtr length, out NativeFrame update);

    [DllImport(Library)]
    private static extern void rustpdf_journal(byte* frame, UIntPtr length, out NativeFrame journal);

    [DllImport(Library)]
    private static extern void rustpdf_free(byte* data, UIntPtr length);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeFrame
    {
        internal byte* Data;
        internal UIntPtr Length;
    }

    /// <summary>One run of the core. It is freed on every way out, and a call that is under way keeps it.</summary>
    internal sealed class Machine : SafeHandle
    {
        private Machine()
            : base(IntPtr.Zero, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            rustpdf_machine_free(handle);
            return true;
        }
    }
}
