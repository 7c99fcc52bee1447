package peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the peers in Java share: the command line, the clock, and what is told at the end.
 *
 * <p>{@code Main itext|pdfbox INPUT OUTPUT KEY.pem CERT.pem CHAIN.pem RUNS}, or {@code lines} in place of INPUT OUTPUT and no RUNS
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        double bareMb = peakMb();
        boolean lines = args[1].equals("lines");
        int keys = lines ? 2 : 3;
        Key key = Key.load(Path.of(args[keys]), Path.of(args[keys + 1]), Path.of(args[keys + 2]));
        Peer peer = switch (args[0]) {
            case "itext" -> new ITextPeer(key);
            case "pdfbox" -> new PdfBoxPeer(key);
            default -> throw new IllegalArgumentException("no peer is called " + args[0]);
        };
        if (lines) {
            signLines(peer);
            return;
        }
        Path source = Path.of(args[1]);
        Path target = Path.of(args[2]);
        String told;
        try {
            String warmup = System.getenv("PEERS_WARMUP");
            if (warmup != null) timedMs(peer, Path.of(warmup), target);
            List<String> times = new ArrayList<>();
            for (int run = 0; run < Integer.parseInt(args[6]); run++) times.add(number(timedMs(peer, source, target)));
            told = "\"ms\": %s, \"peakMb\": %s, \"bareMb\": %s".formatted(times, number(peakMb()), number(bareMb));
        } catch (Exception | OutOfMemoryError | StackOverflowError error) {
            told = error(error);
        }
        System.out.println("{\"peer\": %s, %s}".formatted(quoted(peer.name()), told));
    }

    /** {@code SOURCE TAB TARGET TAB PASSWORD TAB FIELD} a line in; what was made of it a line out. What is empty is none. */
    private static void signLines(Peer peer) throws IOException {
        PrintStream output = System.out;
        System.setOut(System.err); // what a library prints is no answer
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t", -1);
            String told;
            try {
                peer.sign(Path.of(words[0]), Path.of(words[1]), words[2].isEmpty() ? null : words[2], words[3].isEmpty() ? null : words[3]);
                told = "\"error\": null";
            } catch (Exception | OutOfMemoryError | StackOverflowError error) {
                told = error(error);
            }
            output.println("{\"peer\": %s, %s}".formatted(quoted(peer.name()), told));
            output.flush();
        }
    }

    private static String error(Throwable error) {
        return "\"error\": " + quoted(error.toString().lines().findFirst().orElse(""));
    }

    private static double timedMs(Peer peer, Path source, Path target) throws Exception {
        Files.deleteIfExists(target);
        System.gc(); // what an earlier signature left behind is not of this one's peak
        long begun = System.nanoTime();
        peer.sign(source, target, null, null);
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
