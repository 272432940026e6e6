import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import javax.jms.Topic;
import org.apache.activemq.ActiveMQConnectionFactory;

/** The stock client as the yardstick: `throughput N` answers messages a second, `latency N` the median and the 99th percentile in
 * ms, `topics AGENTS N` set-up in ms, messages a second and MB. */
public class Bench {
  private static int turn;

  public static void main(String[] arguments) throws Exception {
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(arguments[0]);
    Connection sending = factory.createConnection();
    Connection receiving = factory.createConnection();
    sending.start();
    receiving.start();
    System.out.println("READY");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      int count = Integer.parseInt(words[1]);
      if (words[0].equals("throughput")) throughput(sending, receiving, count);
      else if (words[0].equals("latency")) latency(sending, receiving, count);
      else topics(receiving, count, Integer.parseInt(words[2]));
    }
    System.exit(0);
  }

  private static void throughput(Connection sending, Connection receiving, int count) throws Exception {
    String name = "JAVA." + turn++;
    Session to = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Session from = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageConsumer consumer = from.createConsumer(from.createQueue(name));
    CountDownLatch done = new CountDownLatch(count);
    consumer.setMessageListener(message -> done.countDown());
    MessageProducer producer = to.createProducer(to.createQueue(name));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    char[] body = new char[1024];
    Arrays.fill(body, 'x');
    String text = new String(body);
    long started = System.nanoTime();
    for (int index = 0; index < count; index++) producer.send(to.createTextMessage(text));
    done.await();
    System.out.println("RESULT " + count / ((System.nanoTime() - started) / 1e9));
    to.close();
    from.close();
  }

  private static void latency(Connection sending, Connection receiving, int count) throws Exception {
    String name = "JAVA." + turn++;
    Session answering = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer answers = answering.createProducer(null);
    answers.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    answering.createConsumer(answering.createQueue(name)).setMessageListener(message -> {
      try {
        TextMessage answer = answering.createTextMessage(((TextMessage) message).getText());
        answer.setJMSCorrelationID(message.getJMSCorrelationID());
        answers.send(message.getJMSReplyTo(), answer);
      } catch (javax.jms.JMSException error) {
        System.err.println(error);
      }
    });
    Session asking = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Queue replies = asking.createTemporaryQueue();
    MessageConsumer consumer = asking.createConsumer(replies);
    MessageProducer producer = asking.createProducer(asking.createQueue(name));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    double[] times = new double[count];
    for (int index = 0; index < count; index++) {
      TextMessage request = asking.createTextMessage("ping");
      request.setJMSReplyTo(replies);
      request.setJMSCorrelationID("c" + index);
      long started = System.nanoTime();
      producer.send(request);
      consumer.receive();
      times[index] = (System.nanoTime() - started) / 1e6;
    }
    Arrays.sort(times);
    System.out.println("RESULT " + times[count / 2] + " " + times[count * 99 / 100]);
    asking.close();
    answering.close();
  }

  /** As many topics as agents, each with its consumer, on one connection: set-up in ms, messages a second, resident MB. */
  private static void topics(Connection connection, int agents, int count) throws Exception {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    CountDownLatch done = new CountDownLatch(count);
    Topic[] topics = new Topic[agents];
    long started = System.nanoTime();
    for (int agent = 0; agent < agents; agent++) {
      topics[agent] = session.createTopic("java-seat-" + turn + "." + agent);
      session.createConsumer(topics[agent]).setMessageListener(message -> done.countDown());
    }
    double setUp = (System.nanoTime() - started) / 1e6;
    MessageProducer producer = own.createProducer(null);
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    long begun = System.nanoTime();
    for (int index = 0; index < count; index++)
      producer.send(
          topics[index % agents], own.createTextMessage("1001#State#READY#-1####Ayesha Khan#1001#42001"));
    done.await();
    double rate = count / ((System.nanoTime() - begun) / 1e9);
    turn++;
    System.out.println("RESULT " + setUp + " " + rate + " " + residentMegabytes());
    session.close();
    own.close();
  }

  private static double residentMegabytes() throws Exception {
    for (String line : Files.readAllLines(Paths.get("/proc/self/status")))
      if (line.startsWith("VmRSS:")) return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1000;
    return Double.NaN;
  }
}
