package judges;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * @param ok whether the judge accepts every signature of the document
 * @param level the level that the judge sees in the last signature, such as {@code PAdES-BASELINE-B}; null where it tells none
 * @param signatures how many signatures it looked at; null where it does not count
 * @param reason why it does not accept, in a few words; null where it does
 * @param details what the judge said, by signature
 */
record Verdict(boolean ok, String level, Integer signatures, String reason, Map<String, Object> details) {
    Verdict(String level, Integer signatures, String reason, Map<String, Object> details) {
        this(reason == null, level, signatures, reason, details);
    }

    static Verdict failure(Throwable cause) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("exception", cause.toString());
        Throwable root = cause;
        while (root.getCause() != null) root = root.getCause();
        if (root != cause) details.put("cause", root + (root.getStackTrace().length > 0 ? " at " + root.getStackTrace()[0] : ""));
        return new Verdict(null, null, root.toString(), details);
    }
}
