package peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the peers in Java share: the command line, the clock, and what is told at the end.
 *
 * <p>{@code Main itext|pdfbox INPUT OUTPUT KEY.pem CERT.pem CHAIN.pem RUNS}
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        double bareMb = peakMb();
        Path source = Path.of(args[1]);
        Path target = Path.of(args[2]);
        Key key = Key.load(Path.of(args[3]), Path.of(args[4]), Path.of(args[5]));
        Peer peer = switch (args[0]) {
            case "itext" -> new ITextPeer(key);
            case "pdfbox" -> new PdfBoxPeer(key);
            default -> throw new IllegalArgumentException("no peer is called " + args[0]);
        };
        String told;
        try {
            String warmup = System.getenv("PEERS_WARMUP");
            if (warmup != null) timedMs(peer, Path.of(warmup), target);
            List<String> times = new ArrayList<>();
            for (int run = 0; run < Integer.parseInt(args[6]); run++) times.add(number(timedMs(peer, source, target)));
            told = "\"ms\": %s, \"peakMb\": %s, \"bareMb\": %s".formatted(times, number(peakMb()), number(bareMb));
        } catch (Exception | OutOfMemoryError | StackOverflowError error) {
            told = "\"error\": " + quoted(error.toString().lines().findFirst().orElse(""));
        }
        System.out.println("{\"peer\": %s, %s}".formatted(quoted(peer.name()), told));
    }

    private static double timedMs(Peer peer, Path source, Path target) throws Exception {
        Files.deleteIfExists(target);
        System.gc(); // what an earlier signature left behind is not of this one's peak
        long begun = System.nanoTime();
        peer.sign(source, target);
        return (System.nanoTime() - begun) / 1e6;
    }

    /** The most memory that this process has ever held, in MB (10^6 bytes). */
    private static double peakMb() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
        }
        throw new IllegalStateException("no VmHWM");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String quoted(String text) {
        return '"' + text.replaceAll("[\\\\\"]", "\\\\$0").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
