package judges;

import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.simplereport.jaxb.XmlTimestamp;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The EU's DSS: ETSI EN 319 102-1 with its default policy. Qualification is left out: a test root is on no trusted list. */
final class DssJudge implements Judge {
    @Override public Verdict judge(Path pdf, Trust trust) throws Exception {
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        trust.roots().forEach(root -> roots.addCertificate(new CertificateToken(root)));
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(roots);
        verifier.setAIASource(null);
        if (!trust.crls().isEmpty()) {
            InputStream[] lists = new InputStream[trust.crls().size()];
            for (int i = 0; i < lists.length; i++) lists[i] = new ByteArrayInputStream(trust.crls().get(i).getEncoded());
            verifier.setCrlSource(new ExternalResourcesCRLSource(lists));
        }

        PDFDocumentValidator validator = new PDFDocumentValidator(new FileDocument(pdf.toFile()));
        validator.setCertificateVerifier(verifier);
        if (trust.password() != null) validator.setPasswordProtection(trust.password().toCharArray());
        Reports reports = validator.validateDocument();
        SimpleReport report = reports.getSimpleReport();

        Map<String, Object> details = new LinkedHashMap<>();
        String reason = report.getSignaturesCount() == 0 ? "it finds no signature" : null;
        String level = null;
        for (String id : report.getSignatureIdList()) {
            Map<String, Object> signature = new LinkedHashMap<>();
            signature.put("fields", reports.getDiagnosticData().getSignatureById(id).getSignatureFieldNames());
            signature.put("indication", report.getIndication(id));
            signature.put("subIndication", report.getSubIndication(id));
            signature.put("level", level = String.valueOf(report.getSignatureFormat(id)).replace('_', '-'));
            signature.put("scope", report.getSignatureScopes(id).stream().map(scope -> scope.getScope() + ": " + scope.getName()).toList());
            signature.put("errors", texts(report.getAdESValidationErrors(id)));
            signature.put("warnings", texts(report.getAdESValidationWarnings(id)));
            signature.put("info", texts(report.getAdESValidationInfo(id)));
            List<Map<String, Object>> timestamps = new ArrayList<>();
            signature.put("timestamps", timestamps);
            details.put(id, signature);
            if (reason == null && report.getIndication(id) != Indication.TOTAL_PASSED) reason = objection(report, id);
            // A timestamp that does not hold lowers neither the verdict on its signature nor the level.
            for (XmlTimestamp stamp : report.getSignatureTimestamps(id)) {
                Map<String, Object> timestamp = new LinkedHashMap<>();
                timestamp.put("indication", stamp.getIndication());
                timestamp.put("subIndication", stamp.getSubIndication());
                timestamp.put("time", String.valueOf(stamp.getProductionTime()));
                timestamp.put("errors", texts(report.getAdESValidationErrors(stamp.getId())));
                timestamp.put("warnings", texts(report.getAdESValidationWarnings(stamp.getId())));
                timestamps.add(timestamp);
                if (reason == null && stamp.getIndication() != Indication.PASSED) {
                    reason = "timestamp: " + stamp.getSubIndication() + ": " + timestamp.get("errors");
                }
            }
        }
        for (String id : report.getTimestampIdList()) {
            Map<String, Object> timestamp = new LinkedHashMap<>();
            timestamp.put("indication", report.getIndication(id));
            timestamp.put("subIndication", report.getSubIndication(id));
            timestamp.put("errors", texts(report.getAdESValidationErrors(id)));
            timestamp.put("warnings", texts(report.getAdESValidationWarnings(id)));
            details.put(id, timestamp);
            if (reason == null && report.getIndication(id) != Indication.PASSED) reason = objection(report, id);
        }
        return new Verdict(level, report.getSignaturesCount(), reason, details);
    }

    private static String objection(SimpleReport report, String id) {
        return report.getSubIndication(id) + ": " + String.join(" ", texts(report.getAdESValidationErrors(id)));
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(Message::getValue).toList();
    }
}
