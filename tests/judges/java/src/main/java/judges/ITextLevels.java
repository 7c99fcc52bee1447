package judges;

import com.itextpdf.kernel.pdf.PdfReader;
import com.itextpdf.signatures.PdfPadesSigner;
import com.itextpdf.signatures.SignerProperties;
import com.itextpdf.signatures.TSAClientBouncyCastle;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * iText as a client of the services in {@code ../services}: files of another maker to extend.
 *
 * <p>{@code ITextLevels CERTS KEYS sign LEVEL IN OUT TSA}. The level is B or T. The signer is {@code rsa}.
 */
public final class ITextLevels {
    private ITextLevels() {}

    public static void main(String[] args) throws Exception {
        Path certificates = Path.of(args[0]);
        String pem = Files.readString(Path.of(args[1]).resolve("rsa.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        Certificate[] chain = {certificate(certificates, "rsa"), certificate(certificates, "issuing")};
        SignerProperties properties = new SignerProperties().setFieldName("Signature");
        try (OutputStream output = Files.newOutputStream(Path.of(args[5]))) {
            PdfPadesSigner signer = new PdfPadesSigner(new PdfReader(args[4]), output);
            switch (args[2] + " " + args[3]) {
                case "sign B" -> signer.signWithBaselineBProfile(properties, chain, key);
                case "sign T" -> signer.signWithBaselineTProfile(properties, chain, key, new TSAClientBouncyCastle(args[6]));
                default -> throw new IllegalArgumentException("nothing is called " + args[2] + " " + args[3]);
            }
        }
    }

    /** Signs files as B-LTA for {@link LevelsClock}. The clients of OCSP, lists and issuers are those that iText makes without being told. */
    static LevelsClock.Maker longTerm(Path certificates, Path keys, String tsa) throws Exception {
        String pem = Files.readString(keys.resolve("rsa.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        Certificate[] chain = {certificate(certificates, "rsa"), certificate(certificates, "issuing")};
        List<Certificate> roots = List.of(certificate(certificates, "root"), certificate(certificates, "tsaroot"));
        TSAClientBouncyCastle timestamps = new TSAClientBouncyCastle(tsa);
        return (source, target) -> {
            SignerProperties properties = new SignerProperties().setFieldName("Signature");
            try (OutputStream output = Files.newOutputStream(target)) {
                PdfPadesSigner signer = new PdfPadesSigner(new PdfReader(source.toString()), output).setTrustedCertificates(roots);
                signer.signWithBaselineLTAProfile(properties, chain, key, timestamps);
            }
        };
    }

    private static Certificate certificate(Path folder, String name) throws Exception {
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".cert.pem"))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(file);
        }
    }
}
