package judges;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;

/** veraPDF: whether the document is what its metadata says it is (PDF/A, PDF/UA). A document that claims nothing is not judged. */
final class VeraPdfJudge implements Judge {
    VeraPdfJudge() {
        VeraGreenfieldFoundryProvider.initialise();
    }

    @Override public Verdict judge(Path pdf, Trust trust) throws Exception {
        Map<String, Object> details = new LinkedHashMap<>();
        try (PDFAParser parser = Foundries.defaultInstance().createParser(pdf.toFile(), PDFAFlavour.NO_FLAVOUR, trust.password())) {
            List<PDFAFlavour> claims = parser.getFlavours();
            details.put("claims", claims.stream().map(PDFAFlavour::toString).toList());
            if (claims.isEmpty()) return new Verdict(null, null, null, details);
            String reason = null;
            try (PDFAValidator validator = Foundries.defaultInstance().createValidator(claims)) {
                for (ValidationResult result : validator.validateAll(parser)) {
                    Map<String, Integer> failed = new LinkedHashMap<>();
                    result.getFailedChecks().forEach((rule, count) -> failed.put(rule.getClause() + " test " + rule.getTestNumber(), count));
                    details.put(result.getPDFAFlavour().toString(), failed);
                    if (reason == null && !result.isCompliant()) reason = result.getPDFAFlavour() + ": " + String.join(", ", failed.keySet());
                }
            }
            return new Verdict(claims.get(0).toString(), null, reason, details);
        }
    }
}
