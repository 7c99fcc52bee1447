package judges;

import com.itextpdf.kernel.pdf.PdfDocument;
import com.itextpdf.kernel.pdf.PdfReader;
import com.itextpdf.kernel.pdf.ReaderProperties;
import com.itextpdf.signatures.IssuingCertificateRetriever;
import com.itextpdf.signatures.SignatureUtil;
import com.itextpdf.signatures.validation.SignatureValidationProperties;
import com.itextpdf.signatures.validation.SignatureValidationProperties.OnlineFetching;
import com.itextpdf.signatures.validation.ValidatorChainBuilder;
import com.itextpdf.signatures.validation.context.CertificateSources;
import com.itextpdf.signatures.validation.context.TimeBasedContexts;
import com.itextpdf.signatures.validation.context.ValidatorContexts;
import com.itextpdf.signatures.validation.report.ReportItem;
import com.itextpdf.signatures.validation.report.ValidationReport;
import com.itextpdf.signatures.validation.report.pades.PAdESLevelReport;
import com.itextpdf.signatures.validation.report.pades.PAdESLevelReportGenerator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** iText: integrity, chain, what later revisions changed, and the PAdES level with what each level lacks. */
final class ITextJudge implements Judge {
    @Override public Verdict judge(Path pdf, Trust trust) throws Exception {
        SignatureValidationProperties properties = new SignatureValidationProperties();
        properties.setRevocationOnlineFetching(ValidatorContexts.all(), CertificateSources.all(), TimeBasedContexts.all(),
                OnlineFetching.NEVER_FETCH);
        // The revocation lists of the tests have fixed dates. Their nextUpdate limits them, and not iText's default of 30 days.
        properties.setFreshness(ValidatorContexts.all(), CertificateSources.all(), TimeBasedContexts.all(), Duration.ofDays(36525));
        properties.addCrlClient((certificate, url) -> listsOf(certificate, trust.crls()));
        PAdESLevelReportGenerator levels = new PAdESLevelReportGenerator();
        // One retriever for all parts: by default each gets its own and does not see the certificates of the container.
        IssuingCertificateRetriever certificates = new IssuingCertificateRetriever();
        certificates.setTrustedCertificates(new ArrayList<Certificate>(trust.roots()));
        ValidatorChainBuilder builder = new ValidatorChainBuilder()
                .withSignatureValidationProperties(properties)
                .withIssuingCertificateRetrieverFactory(() -> certificates)
                .withPAdESLevelReportGenerator(levels);

        ReaderProperties reading = new ReaderProperties();
        if (trust.password() != null) reading.setPassword(trust.password().getBytes(StandardCharsets.UTF_8));
        try (PdfDocument document = new PdfDocument(new PdfReader(pdf.toString(), reading))) {
            SignatureUtil signatures = new SignatureUtil(document);
            List<String> names = signatures.getSignatureNames();
            Map<String, Object> details = new LinkedHashMap<>();
            String reason = names.isEmpty() ? "it finds no signature" : null;
            for (String name : names) {
                boolean intact = signatures.readSignatureData(name).verifySignatureIntegrityAndAuthenticity();
                details.put(name, Map.of("intact", intact, "coversWholeDocument", signatures.signatureCoversWholeDocument(name)));
                if (reason == null && !intact) reason = "the signature does not verify";
            }
            ValidationReport report = builder.buildSignatureValidator(document).validateSignatures();
            details.put("result", report.getValidationResult());
            List<String> findings = report.getLogs().stream()
                    .filter(item -> item.getStatus() != ReportItem.ReportItemStatus.INFO)
                    .map(item -> item.getStatus() + ": " + item.getCheckName() + ": " + item.getMessage()).distinct().toList();
            details.put("findings", findings);

            String level = null;
            Map<String, Object> shortfalls = new LinkedHashMap<>();
            for (var entry : levels.getReport().getSignatureReports().entrySet()) {
                PAdESLevelReport signature = entry.getValue();
                level = String.valueOf(signature.getLevel());
                shortfalls.put(entry.getKey(), Map.of("level", level,
                        "nonConformities", texts(signature.getNonConformaties()), "warnings", texts(signature.getWarnings())));
            }
            details.put("pades", shortfalls);
            if (reason == null && report.getValidationResult() != ValidationReport.ValidationResult.VALID) {
                reason = report.getValidationResult() + ": " + String.join(" ", findings);
            }
            return new Verdict(level, names.size(), reason, details);
        }
    }

    /** The lists of the certificate's own issuer: iText takes any list under the same root as "not revoked". */
    private static List<byte[]> listsOf(X509Certificate certificate, List<X509CRL> crls) {
        List<byte[]> lists = new ArrayList<>();
        for (X509CRL crl : crls) {
            if (!crl.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())) continue;
            try {
                lists.add(crl.getEncoded());
            } catch (CRLException e) {
                throw new IllegalStateException(e);
            }
        }
        return lists;
    }

    private static Map<String, Object> texts(Map<?, ? extends java.util.Collection<String>> byLevel) {
        Map<String, Object> texts = new LinkedHashMap<>();
        byLevel.forEach((level, messages) -> {
            if (!messages.isEmpty()) texts.put(String.valueOf(level), messages);
        });
        return texts;
    }
}
