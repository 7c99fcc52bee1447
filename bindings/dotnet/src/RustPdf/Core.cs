using System;
using System.Runtime.InteropServices;

namespace RustPdf;

/// <summary>The functions of the native library: frames in, frames out.</summary>
internal static unsafe class Core
{
    private const string Library = "rustpdf";

    /// <summary>Starts a machine. Its first step reports a start frame that cannot be read.</summary>
    internal static MachineHandle Start(ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame) return new MachineHandle(rustpdf_machine_new(first, (nuint)frame.Length));
    }

    /// <summary>Answers the open question of a machine, and returns its next step.</summary>
    internal static Frame Next(MachineHandle machine, ReadOnlySpan<byte> answer)
    {
        NativeFrame step;
        var isHeld = false;
        try
        {
            machine.DangerousAddRef(ref isHeld);
            fixed (byte* first = answer)
                rustpdf_machine_next(machine.DangerousGetHandle(), first, (nuint)answer.Length, &step);
        }
        finally
        {
            if (isHeld) machine.DangerousRelease();
        }
        return Decode(step);
    }

    /// <summary>Performs an operation that needs no machine.</summary>
    internal static Frame Call(ReadOnlySpan<byte> frame)
    {
        NativeFrame result;
        fixed (byte* first = frame) rustpdf_call(first, (nuint)frame.Length, &result);
        return Decode(result);
    }

    private static Frame Decode(NativeFrame frame)
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
    private static extern nint rustpdf_machine_new(byte* frame, nuint length);

    [DllImport(Library)]
    private static extern void rustpdf_machine_next(nint machine, byte* frame, nuint length, NativeFrame* step);

    [DllImport(Library)]
    private static extern void rustpdf_machine_free(nint machine);

    [DllImport(Library)]
    private static extern void rustpdf_call(byte* frame, nuint length, NativeFrame* result);

    [DllImport(Library)]
    private static extern void rustpdf_free(byte* data, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeFrame
    {
        internal byte* Data;
        internal nuint Length;
    }

    /// <summary>One run of the core. The handle is freed on every way out, and a call in progress keeps it alive.</summary>
    internal sealed class MachineHandle : SafeHandle
    {
        internal MachineHandle(nint machine)
            : base(0, ownsHandle: true) => SetHandle(machine);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            rustpdf_machine_free(handle);
            return true;
        }
    }
}
