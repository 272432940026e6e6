import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;

/** Calls every address that stands on a line of standard input, as EBS's client does, and prints the status and the body. */
public final class Caller {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      HttpURLConnection connection = (HttpURLConnection) new URL(line).openConnection();
      int status = connection.getResponseCode();
      InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int next = body.read(); next != -1; next = body.read()) bytes.write(next);
      body.close();
      System.out.println(status + " " + bytes.toString("UTF-8"));
    }
  }
}
