package judges;

import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Time of B-LTA signatures by EU DSS or iText, with the services in {@code ../services}: a part of {@code npm run bench}.
 *
 * <p>{@code LevelsClock dss|itext CERTS KEYS IN OUT TSA RUNS} prints {@code {"times": [MS…]}}, one for each signature in this process. The
 * clock runs from a path to a file, without {@code fsync}. The last signature stays in OUT.
 */
public final class LevelsClock {
    private LevelsClock() {}

    /** Signs a file, and writes the signed one. */
    @FunctionalInterface
    interface Maker {
        void sign(Path source, Path target) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path certificates = Path.of(args[1]);
        Path keys = Path.of(args[2]);
        Maker maker = switch (args[0]) {
            case "dss" -> DssLevels.longTerm(certificates, keys, args[5]);
            case "itext" -> ITextLevels.longTerm(certificates, keys, args[5]);
            default -> throw new IllegalArgumentException("no maker is called " + args[0]);
        };
        StringJoiner times = new StringJoiner(", ", "{\"times\": [", "]}");
        for (int run = 0; run < Integer.parseInt(args[6]); run++) {
            long begun = System.nanoTime();
            maker.sign(Path.of(args[3]), Path.of(args[4]));
            times.add(String.format(Locale.ROOT, "%.3f", (System.nanoTime() - begun) / 1e6));
        }
        System.out.println(times);
    }
}
