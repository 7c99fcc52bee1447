package peers;

import com.itextpdf.kernel.actions.data.ITextCoreProductData;
import com.itextpdf.kernel.pdf.PdfReader;
import com.itextpdf.kernel.pdf.ReaderProperties;
import com.itextpdf.kernel.pdf.StampingProperties;
import com.itextpdf.signatures.PdfSigner;
import com.itextpdf.signatures.PrivateKeySignature;
import com.itextpdf.signatures.ProviderDigest;
import com.itextpdf.signatures.SignerProperties;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.X509Certificate;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * iText in append mode, PAdES. Given a file to work in and no stream, it leaves the document there, and holds it nowhere else. Java's own
 * SHA-256 hashes: Bouncy Castle's, its default, takes twice as long or more on a gigabyte.
 */
final class ITextPeer implements Peer {
    private final Key key;

    ITextPeer(Key key) {
        this.key = key;
        Security.addProvider(new BouncyCastleProvider());
    }

    @Override public String name() {
        return "iText " + ITextCoreProductData.getInstance().getVersion();
    }

    @Override public void sign(Path source, Path target, String password, String field) throws Exception {
        ReaderProperties properties = new ReaderProperties();
        if (password != null) properties.setPassword(password.getBytes(StandardCharsets.UTF_8));
        PdfReader reader = new PdfReader(source.toString(), properties);
        SignerProperties about = new SignerProperties();
        if (field != null) about.setFieldName(field);
        PdfSigner signer = new PdfSigner(reader, null, target.toString(), new StampingProperties().useAppendMode(), about);
        PrivateKeySignature signature = new PrivateKeySignature(key.secret(), "SHA-256", BouncyCastleProvider.PROVIDER_NAME);
        X509Certificate[] chain = key.certificates().toArray(X509Certificate[]::new);
        signer.signDetached(new ProviderDigest("SUN"), signature, chain, null, null, null, 0, PdfSigner.CryptoStandard.CADES);
    }
}
