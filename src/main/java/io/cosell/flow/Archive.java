package io.cosell.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.camel.Exchange;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;

/** Puts files into a zip, and the zip into a form. Bean {@code archive}; without state. */
public final class Archive {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Makes a form (multipart/form-data) of two parts: {@code json}, a document, and {@code file}, a zip.
     *
     * @param files    what is in the zip: text by path
     * @param document the document
     * @param exchange gets the form as its body, and its content type
     */
    public void form(Map<String, Object> files, Map<String, Object> document, Exchange exchange) {
        try {
            HttpEntity form = MultipartEntityBuilder.create()
                .addTextBody("json", JSON.writeValueAsString(document), ContentType.APPLICATION_JSON)
                .addBinaryBody("file", zip(files), ContentType.create("application/zip"), "files.zip").build();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            form.writeTo(body);
            exchange.getMessage().setBody(body.toByteArray());
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, form.getContentType());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The document of a form can't be written as JSON.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] zip(Map<String, Object> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, Object> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(String.valueOf(file.getValue()).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
