import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.transport.TransportListener;

/**
 * A CRM's side of the Generic Connector protocol, written from its description alone, on the stock JMS client. Driven by lines on standard
 * input, tells what comes in lines on standard output: EVENT and the text; INTERRUPTED, RESUMED, RECOVERING, RECOVERED.
 *
 *   send TYPE#KEY BODY          a request; without BODY an empty message
 *   agent ID PASSWORD EXTENSION the agent that `auto` looks after
 *   auto MILLISECONDS           beats, and brings the agent back by itself when the connector or the broker was lost
 */
public class CrmClient implements TransportListener {
  private final String queue;
  private final String destination;
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final ActiveMQConnection connection;
  private final Object lock = new Object();
  private final Set<String> dialogs = new TreeSet<>();
  private Session session;
  private MessageProducer producer;
  private MessageConsumer consumer;
  private String agent;
  private String password;
  private String extension;
  private String state = "";
  private boolean inService;
  private int missed;
  private boolean recovering;

  public static void main(String[] arguments) throws Exception {
    new CrmClient(arguments[0], arguments[1], arguments[2]).run();
  }

  private CrmClient(String url, String queue, String destination) throws JMSException {
    this.queue = queue;
    this.destination = destination;
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
    connection = (ActiveMQConnection) factory.createConnection();
    connection.addTransportListener(this);
    connection.start();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    producer = session.createProducer(session.createQueue(queue));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    listen();
    out.println("READY");
  }

  private void listen() throws JMSException {
    if (consumer != null) consumer.close();
    Session listening = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    consumer = listening.createConsumer(listening.createTopic(destination));
    consumer.setMessageListener(this::onMessage);
  }

  private void run() throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "send" -> send(words[1], words.length > 2 ? words[2] : null);
        case "agent" -> {
          agent = words[1];
          String[] rest = words[2].split(" ");
          password = rest[0];
          extension = rest[1];
        }
        case "auto" -> start(() -> beat(Long.parseLong(words[1])));
        default -> out.println("WHAT " + line);
      }
    }
    connection.close();
    System.exit(0);
  }

  private void send(String type, String body) throws JMSException {
    synchronized (lock) {
      TextMessage message = session.createTextMessage(body);
      message.setJMSType(type);
      producer.send(message);
    }
  }

  private void onMessage(Message message) {
    try {
      String text = ((TextMessage) message).getText();
      out.println("EVENT " + text);
      String[] fields = text.strip().split("#", -1);
      String name = fields.length > 1 ? fields[1] : "";
      synchronized (lock) {
        if (name.equalsIgnoreCase("IN_SERVICE")) {
          inService = true;
          missed = 0;
        } else if (name.equalsIgnoreCase("OUT_OF_SERVICE")) inService = false;
        else if (name.equalsIgnoreCase("RECONNECT") || name.equalsIgnoreCase("DESTINATION")) start(this::recover);
        else if (name.equalsIgnoreCase("State") && fields[0].equals(agent)) state = fields[2];
        else if (name.equalsIgnoreCase("NewInboundCall")) dialogs.add(label(fields, 4));
        else if (name.equalsIgnoreCase("InboundCall")) {
          String dialog = label(fields, 3);
          if (fields[2].equals("DROPPED") || fields[2].equals("NotFound")) dialogs.remove(dialog);
          else dialogs.add(dialog);
        }
        lock.notifyAll();
      }
    } catch (JMSException | RuntimeException error) {
      out.println("TROUBLE " + error);
    }
  }

  private static String label(String[] fields, int index) {
    String field = fields.length > index ? fields[index] : "";
    return field.substring(field.indexOf(':') + 1);
  }

  private void beat(long every) {
    try {
      while (true) {
        Thread.sleep(every);
        boolean gone;
        synchronized (lock) {
          missed += 1;
          gone = missed > 3;
        }
        if (gone) recover();
        else send("Beat#" + destination, null);
      }
    } catch (InterruptedException | JMSException error) {
      out.println("TROUBLE " + error);
    }
  }

  /** The procedure after a loss: topic, Hello, Connect, state, sign in when signed out, calls. */
  private void recover() {
    synchronized (lock) {
      if (recovering || agent == null) return;
      recovering = true;
      inService = false;
      state = "";
    }
    out.println("RECOVERING");
    try {
      listen();
      while (!awaitUntil(() -> inService, 500)) send("Hello#" + destination, null);
      send("Connect#" + agent, destination + "," + password);
      while (!awaitUntil(() -> !state.isEmpty(), 1000)) send("GetState#" + agent, null);
      if (state.equals("LOGOUT")) send("Login#" + agent, password + "," + extension);
      Set<String> open;
      synchronized (lock) {
        open = new TreeSet<>(dialogs);
      }
      for (String dialog : open) send("GetDialogState#" + agent, dialog);
      out.println("RECOVERED " + state);
    } catch (JMSException | InterruptedException error) {
      out.println("TROUBLE " + error);
    } finally {
      synchronized (lock) {
        recovering = false;
        missed = 0;
      }
    }
  }

  private interface Condition {
    boolean holds();
  }

  private boolean awaitUntil(Condition condition, long milliseconds) throws InterruptedException {
    long end = System.currentTimeMillis() + milliseconds;
    synchronized (lock) {
      while (!condition.holds()) {
        long left = end - System.currentTimeMillis();
        if (left <= 0) return false;
        lock.wait(left);
      }
      return true;
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void onCommand(Object command) {}

  @Override
  public void onException(java.io.IOException error) {
    out.println("LOST " + error);
  }

  @Override
  public void transportInterupted() {
    out.println("INTERRUPTED");
  }

  @Override
  public void transportResumed() {
    out.println("RESUMED");
    start(this::recover);
  }
}
