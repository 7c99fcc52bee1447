import com.itextpdf.forms.fields.properties.SignedAppearanceText;
import com.itextpdf.forms.form.element.SignatureFieldAppearance;
import com.itextpdf.io.font.PdfEncodings;
import com.itextpdf.kernel.font.PdfFontFactory;
import com.itextpdf.kernel.font.PdfFontFactory.EmbeddingStrategy;
import com.itextpdf.kernel.geom.Rectangle;
import com.itextpdf.kernel.pdf.PdfReader;
import com.itextpdf.kernel.pdf.StampingProperties;
import com.itextpdf.signatures.BouncyCastleDigest;
import com.itextpdf.signatures.PdfSigner;
import com.itextpdf.signatures.PrivateKeySignature;
import com.itextpdf.signatures.SignerProperties;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.SignatureFieldParameters;
import eu.europa.esig.dss.pades.SignatureImageParameters;
import eu.europa.esig.dss.pades.SignatureImageTextParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxDefaultObjectFactory;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;

/**
 * EU DSS and iText with their default appearances: {@code VisiblePeers PEER OUT DOCUMENT KEY CERTIFICATE NAME REASON TIME BOX [FONT]}.
 *
 * <p>{@code dss} draws with the factory that its loader finds first, {@code dss-image} draws text as an image. {@code itext} draws with its
 * default font, or with FONT.
 */
public final class VisiblePeers {
    private VisiblePeers() {}

    public static void main(String[] args) throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        Path out = Path.of(args[1]);
        Path document = Path.of(args[2]);
        String pem = Files.readString(Path.of(args[3])).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        X509Certificate certificate;
        try (InputStream file = Files.newInputStream(Path.of(args[4]))) {
            certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
        }
        Date time = Date.from(Instant.parse(args[7]));
        int[] box = Arrays.stream(args[8].split(",")).mapToInt(Integer::parseInt).toArray();
        switch (args[0]) {
            case "itext" -> itext(document, out, key, certificate, args[6], time, box, args.length > 9 ? args[9] : null);
            case "dss" -> dss(new PAdESService(new CommonCertificateVerifier()), document, out, key, certificate, args[5], args[6], time, box);
            case "dss-image" -> {
                PAdESService service = new PAdESService(new CommonCertificateVerifier());
                service.setPdfObjFactory(new PdfBoxDefaultObjectFactory());
                dss(service, document, out, key, certificate, args[5], args[6], time, box);
            }
            default -> throw new IllegalArgumentException("no peer is called " + args[0]);
        }
    }

    /** The appearance that iText draws by itself: its text names the signer by the certificate. */
    private static void itext(Path document, Path out, PrivateKey key, X509Certificate certificate, String reason, Date time, int[] box,
            String font) throws Exception {
        GregorianCalendar date = new GregorianCalendar();
        date.setTime(time);
        SignerProperties properties = new SignerProperties().setFieldName("Signature").setReason(reason).setClaimedSignDate(date)
                .setPageNumber(1).setPageRect(new Rectangle(box[0], box[1], box[2] - box[0], box[3] - box[1]));
        if (font != null) {
            SignatureFieldAppearance appearance = new SignatureFieldAppearance(SignerProperties.IGNORED_ID);
            appearance.setContent(new SignedAppearanceText());
            appearance.setFont(PdfFontFactory.createFont(font, PdfEncodings.IDENTITY_H, EmbeddingStrategy.FORCE_EMBEDDED));
            properties.setSignatureAppearance(appearance);
        }
        try (OutputStream output = Files.newOutputStream(out)) {
            PdfSigner signer = new PdfSigner(new PdfReader(document.toString()), output, new StampingProperties().useAppendMode());
            signer.setSignerProperties(properties);
            signer.signDetached(new BouncyCastleDigest(), new PrivateKeySignature(key, "SHA-256", null), new Certificate[] {certificate},
                    null, null, null, 0, PdfSigner.CryptoStandard.CADES);
        }
    }

    /** DSS has no text by default. Font, size, colours and place of the text are its defaults. */
    private static void dss(PAdESService service, Path document, Path out, PrivateKey key, X509Certificate certificate, String name,
            String reason, Date time, int[] box) throws Exception {
        SignatureFieldParameters field = new SignatureFieldParameters();
        field.setPage(1);
        // Of the page A4, from its upper left corner.
        field.setOriginX(box[0]);
        field.setOriginY(841.89f - box[3]);
        field.setWidth(box[2] - box[0]);
        field.setHeight(box[3] - box[1]);
        SignatureImageTextParameters text = new SignatureImageTextParameters();
        text.setText("Digitally signed by " + name + "\n2026-11-29 14:05:07 UTC\nReason: " + reason);
        SignatureImageParameters image = new SignatureImageParameters();
        image.setFieldParameters(field);
        image.setTextParameters(text);
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.PAdES_BASELINE_B);
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(new CertificateToken(certificate));
        parameters.bLevel().setSigningDate(time);
        parameters.setReason(reason);
        parameters.setImageParameters(image);
        FileDocument input = new FileDocument(document.toFile());
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(key);
        signer.update(service.getDataToSign(input, parameters).getBytes());
        service.signDocument(input, parameters, new SignatureValue(SignatureAlgorithm.RSA_SHA256, signer.sign())).save(out.toString());
    }
}
